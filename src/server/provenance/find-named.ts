import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '../../core/api/event.js';
import { AditError } from '../../core/errors.js';
import { shown } from '../../core/event/disclosure.js';
import type { AditEvent } from '../../core/event/event.js';
import { type GoodsKind, goodsKindOf, subjectsNaming } from '../../core/rules/engine/goods-sought.js';
import { Database } from '../database/database.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { ReadEvent } from '../ledger/read/read-event.js';
import { readText, storedPayload } from '../ledger/read/reread-event.js';

/** Events that are looked at for one identifier at most, the newest. */
const LOOKED_AT = 50;

/** An id that no event has. A look-up of it takes as long as that of an event that the viewer may not see. */
const NO_EVENT = 'A'.repeat(43);

/** An event that names an identifier of goods. */
export interface NamingEvent {
  kind: GoodsKind;
  event: AditEvent;
}

/** Finds the newest entries filed under an identifier; a vehicle has a subject for each day. */
export const NAMING = `
  SELECT filed.subject, entry.id FROM (
    (SELECT subject, index FROM filings WHERE subject = ANY($1::text[]) ORDER BY index DESC LIMIT ${LOOKED_AT})
     UNION
    (SELECT subject, index FROM filings WHERE subject >= $2 AND subject < $3 ORDER BY subject DESC LIMIT ${LOOKED_AT})
  ) AS filed JOIN entries AS entry ON entry.index = filed.index ORDER BY filed.index DESC LIMIT ${LOOKED_AT}`;

/** Returns the values of `NAMING`: `0` follows the `/` that ends the prefix. */
export function namingValues(text: string): [string[], string, string] {
  const { subjects, prefix } = subjectsNaming(text);
  return [subjects, prefix, `${prefix.slice(0, -1)}0`];
}

/** Finds events by their ids, and by the seals, containers, certificates and vehicles that they name. */
@Injectable()
export class FindNamed {
  constructor(
    private readonly database: Database,
    private readonly events: ReadEvent,
    private readonly identity: LedgerIdentity,
  ) {}

  /** Returns one event; null for one that the viewer may not see. */
  async event(id: string): Promise<StoredEvent | null> {
    try {
      return await this.events.event(id);
    } catch (error) {
      if (error instanceof AditError && error.code === 'not-found') return null;
      throw error;
    }
  }

  /** Lists the events that name an identifier and that the viewer may see; the newest first. */
  async naming(text: string): Promise<NamingEvent[]> {
    const { rows } = await this.database.reads.query<{ subject: string; id: string }>(NAMING, namingValues(text));
    const found = await Promise.all(
      // One that is always refused, so that the time does not show whether hidden events name the identifier too.
      [...rows, { subject: '', id: NO_EVENT }].map(async ({ subject, id }) => {
        const [kind, stored] = [goodsKindOf(subject), await this.event(id)];
        const event = stored === null ? null : this.read(stored.event);
        return kind === null || event === null || !isShown(kind, text, event) ? [] : [{ kind, event }];
      }),
    );
    return found.flat();
  }

  /** Returns when a certificate was revoked, for who sees that it was issued; null: it was not. */
  async revokedAt(serial: string): Promise<string | null> {
    const { rows } = await this.database.reads.query<{ jws: string }>(
      'SELECT entry.jws FROM certificates AS c JOIN entries AS entry ON entry.index = c.revoked_index WHERE c.serial = $1',
      [serial],
    );
    return rows[0] === undefined ? null : storedPayload<{ occurredAt: string }>(rows[0].jws).occurredAt;
  }

  /** Reads an event with the disclosures that the viewer may see; null for one that was altered. */
  private read(event: string): AditEvent | null {
    try {
      return readText(event, this.identity.origin);
    } catch {
      return null;
    }
  }
}

/** Whether the viewer may see that an event names an identifier: a vehicle may be disclosed to others alone. */
function isShown(kind: GoodsKind, text: string, event: AditEvent): boolean {
  const claims: object = shown(event).payload;
  return kind !== 'vehicle' || ('vehicle' in claims && claims.vehicle === text);
}
