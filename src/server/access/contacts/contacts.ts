import { Injectable } from '@nestjs/common';
import type { Contact, NewContact } from '../../../core/api/access/contact.js';
import type { Page } from '../../../core/api/page.js';
import { AditError, requestInvalid } from '../../../core/errors.js';
import { registryId } from '../../../core/event/primitives.js';
import { Clock } from '../../clock.js';
import { Database } from '../../database/database.js';
import { type PageQuery, decodeCursor, pageOf } from '../../http/paging.js';
import { actorNow, viewerNow } from '../../http/viewing.js';

interface Row {
  actor: string;
  representative: string | null;
  phone: string | null;
  email: string | null;
  tax_number: string | null;
  shown_to: string[];
  updated_at: Date;
}

/**
 * Whether the actor $1 sees a row: its own, those shown to it, and, for an authority or a registrar that is not suspended, those of
 * its country; for a registrar of no country all. A null $1 is a ledger that is open.
 */
const VISIBLE = `
  ($1::text IS NULL OR c.actor = $1 OR $1 = ANY (c.shown_to) OR EXISTS (
    SELECT FROM actors AS who JOIN actors AS own ON own.id = c.actor
     WHERE who.id = $1 AND NOT who.suspended AND who.roles && '{authority,registrar}'
       AND (who.country = own.country OR (who.country IS NULL AND 'registrar' = ANY (who.roles)))))`;

const COLUMNS = 'c.actor, c.representative, c.phone, c.email, c.tax_number, c.shown_to, c.updated_at';

/** Contacts of actors. Each actor fills and erases its own; who else sees them is decided here. */
@Injectable()
export class Contacts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Replaces the contacts of an actor. Throws `not-allowed` for any other viewer, and `request-invalid`. */
  async put(actor: string, { shownTo, ...contact }: NewContact): Promise<Contact> {
    requireOwn(actor);
    const named = [...new Set(shownTo)];
    const { rows: known } = await this.database.query<{ id: string }>('SELECT id FROM actors WHERE id = ANY($1)', [
      [actor, ...named],
    ]);
    const unknown = [actor, ...named].find((id) => known.every((row) => row.id !== id));
    if (unknown !== undefined) throw noActor(unknown === actor ? '/actor' : '/shownTo', unknown);
    const { representative = null, phone = null, email = null, taxNumber = null } = contact;
    const { rows } = await this.database.query<Row>(
      `INSERT INTO contacts AS c (actor, representative, phone, email, tax_number, shown_to, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (actor) DO UPDATE SET representative = $2, phone = $3, email = $4, tax_number = $5, shown_to = $6, updated_at = $7
       RETURNING ${COLUMNS}`,
      [actor, representative, phone, email, taxNumber, named, new Date(this.clock.now())],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('The contacts were not stored.');
    return shown(row);
  }

  /** Returns the contacts of an actor. Throws `not-found` also where the viewer may not see them. */
  async get(actor: string): Promise<Contact> {
    const { rows } = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM contacts AS c WHERE ${VISIBLE} AND c.actor = $2`,
      [reader(), actor],
    );
    const [row] = rows;
    if (row === undefined) throw missing(actor);
    return shown(row);
  }

  /** Lists the contacts that the viewer sees, by actor. */
  async list({ limit, cursor }: PageQuery): Promise<Page<Contact>> {
    const { rows } = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM contacts AS c WHERE ${VISIBLE} AND c.actor > $2 ORDER BY c.actor LIMIT $3`,
      [reader(), decodeCursor(cursor, registryId) ?? '', limit + 1],
    );
    return pageOf(rows, limit, (row) => row.actor, shown);
  }

  /** Erases the contacts of an actor. Throws `not-allowed` for any other viewer, and `not-found`. */
  async erase(actor: string): Promise<void> {
    requireOwn(actor);
    const { rowCount } = await this.database.query('DELETE FROM contacts WHERE actor = $1', [actor]);
    if (rowCount === 0) throw missing(actor);
  }
}

const missing = (actor: string): AditError => new AditError('not-found', `There are no contacts of ${actor}.`);

const noActor = (pointer: string, id: string): AditError => requestInvalid(pointer, `There is no actor ${id}.`);

/** An id that no actor has, for viewers that are no actor. */
const NOBODY = '';

/** Returns the actor for whom contacts are read; null: all are shown. */
const reader = (): string | null => (viewerNow().kind === 'everyone' ? null : (actorNow() ?? NOBODY));

function requireOwn(actor: string): void {
  if (viewerNow().kind !== 'everyone' && actorNow() !== actor)
    throw new AditError('not-allowed', 'Contacts are filled and erased by their actor itself.');
}

function shown(row: Row): Contact {
  const isOwn = viewerNow().kind === 'everyone' || actorNow() === row.actor;
  return {
    actor: row.actor,
    representative: row.representative,
    phone: row.phone,
    email: row.email,
    taxNumber: row.tax_number,
    shownTo: isOwn ? row.shown_to : null,
    updatedAt: row.updated_at.toISOString(),
  };
}
