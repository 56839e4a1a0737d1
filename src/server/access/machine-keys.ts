import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { newSecret } from '../../core/access/secret-text.js';
import { type Scope, actorScopes, operatorScopes, scopeText, scopesWithin } from '../../core/access/scopes.js';
import { type Viewer, hasScope, isMachine } from '../../core/access/viewer.js';
import {
  type CreatedMachineKey,
  MOST_DAYS,
  type MachineKey,
  type NewMachineKey,
  type RotateMachineKey,
  USUAL_DAYS,
} from '../../core/api/access/machine-key.js';
import type { Page } from '../../core/api/page.js';
import { requestTime } from '../../core/api/values.js';
import { AditError, requestInvalid } from '../../core/errors.js';
import { instantMs } from '../../core/event/primitives.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { type PageQuery, decodeCursor, pageOf } from '../http/paging.js';
import { viewerNow } from '../http/viewing.js';
import { Journal } from '../journal/journal.js';
import { digestOfKey } from './recognise-machines.js';

const DAY = 24 * 60 * 60 * 1_000;
const HOUR = 60 * 60 * 1_000;
/** Keys of one owner that are in force at most. */
const LIMIT = 100;

interface Row {
  id: string;
  actor: string | null;
  label: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date;
  replaces: string | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

const COLUMNS = 'id, actor, label, scopes, created_at, expires_at, replaces, revoked_at, last_used_at';
const position = z.tuple([requestTime, z.uuid()]);
const missing = (id: string): AditError => new AditError('not-found', `There is no key ${id}.`);

/** For whom a viewer manages keys. */
interface Owner {
  /** null: the operator. */
  actor: string | null;
  scopes: readonly Scope[];
  /** Whether it manages the keys of all. */
  isAdmin: boolean;
  /** What it signed in with, and with what its keys end; null: with nothing. */
  madeWith: string | null;
}

/** Returns for whom the viewer of the request manages keys. Throws `not-allowed`. */
function owner(viewer: Viewer = viewerNow()): Owner {
  if (viewer.kind === 'everyone') return { actor: null, scopes: operatorScopes, isAdmin: true, madeWith: null };
  if (viewer.kind !== 'actor' && viewer.kind !== 'operator')
    throw new AditError('not-allowed', 'Only actors and the operator have keys for machines.');
  return {
    actor: viewer.kind === 'actor' ? viewer.actor : null,
    scopes: viewer.scopes,
    isAdmin: hasScope(viewer, 'admin'),
    madeWith: viewer.signedInBy ?? null,
  };
}

/** Returns for whom the viewer makes keys. Throws `not-allowed` for a program: a stolen key would otherwise renew itself. */
function makerOfKeys(): Owner {
  const viewer = viewerNow();
  if (isMachine(viewer))
    throw new AditError(
      'not-allowed',
      'A key for machines makes and replaces no keys: sign in with the key of the actor.',
    );
  return owner(viewer);
}

/** Makes, lists, replaces and revokes keys for machines, each owner its own, and the operator all. */
@Injectable()
export class MachineKeys {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** Makes a key, which is shown this once. Throws `request-invalid` and `not-allowed`. */
  async create(asked: NewMachineKey): Promise<CreatedMachineKey> {
    const maker = makerOfKeys();
    const actor = asked.actor ?? maker.actor;
    requireOwner(maker, actor, asked.scopes);
    if (!scopesWithin(asked.scopes, maker.scopes))
      throw requestInvalid('/scopes', `must be among the scopes of its maker: ${scopeText(maker.scopes)}`);
    const now = this.clock.now();
    const expires = asked.expiresAt === undefined ? now + USUAL_DAYS * DAY : (instantMs(asked.expiresAt) ?? 0);
    if (expires <= now || expires > now + MOST_DAYS * DAY)
      throw requestInvalid('/expiresAt', `must lie within ${MOST_DAYS} days from now`);
    return this.database.transaction(async (db) => {
      await requireActor(db, actor);
      return this.insert(db, { ...asked, actor, expires, replaces: null, maker });
    });
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<MachineKey>> {
    const { actor, isAdmin } = owner();
    const [at, id] = decodeCursor(cursor, position) ?? ['0001-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000'];
    const rows = await this.database.rows<Row & { position: string }>(
      `SELECT ${COLUMNS}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
         FROM machine_keys
        WHERE ($4 OR actor = $5) AND (created_at, id) > ($1::timestamptz, $2::uuid) ORDER BY created_at, id LIMIT $3`,
      [at, id, limit + 1, isAdmin, actor],
    );
    return pageOf(rows, limit, (row) => [row.position, row.id], shown);
  }

  /** Replaces a key by a new one; the former stays valid for some hours. Throws `not-found`, `request-invalid`. */
  async rotate(id: string, { overlapHours }: RotateMachineKey): Promise<CreatedMachineKey> {
    const maker = makerOfKeys();
    return this.change(id, async (db, former) => {
      const now = this.clock.now();
      requireOwner(maker, former.actor, former.scopes);
      if (!scopesWithin(former.scopes, maker.scopes))
        throw requestInvalid('/id', `The key has more scopes than you: ${scopeText(former.scopes)}.`);
      const lifetime = former.expires_at.getTime() - former.created_at.getTime();
      const ends = Math.min(former.expires_at.getTime(), now + overlapHours * HOUR);
      await this.journal.change(db, 'machine_keys', [id], () =>
        db.query('UPDATE machine_keys SET expires_at = $2 WHERE id = $1', [id, new Date(ends)]),
      );
      const { actor, label, scopes } = former;
      const expires = now + Math.min(lifetime, MOST_DAYS * DAY);
      return this.insert(db, { actor, label, scopes, expires, replaces: id, maker });
    });
  }

  /** Revokes a key: within seconds it proves nothing. Throws `not-found`. */
  revoke(id: string): Promise<void> {
    return this.change(id, async (db) => {
      await this.journal.change(db, 'machine_keys', [id], () =>
        db.query('UPDATE machine_keys SET revoked_at = $2 WHERE id = $1', [id, new Date(this.clock.now())]),
      );
    });
  }

  /** Runs `work` with a key in force that the viewer manages, locked. Throws `not-found`. */
  private change<T>(id: string, work: (db: Queryable, row: Row) => Promise<T>): Promise<T> {
    const { actor, isAdmin } = owner();
    return this.database.transaction(async (db) => {
      const { rows } = await db.query<Row>(
        `SELECT ${COLUMNS} FROM machine_keys
          WHERE id = $1 AND ($2 OR actor = $3) AND revoked_at IS NULL AND expires_at > $4 FOR UPDATE`,
        [id, isAdmin, actor, new Date(this.clock.now())],
      );
      const [row] = rows;
      if (row === undefined) throw missing(id);
      return work(db, row);
    });
  }

  private async insert(
    db: Queryable,
    key: Pick<Row, 'actor' | 'label' | 'scopes' | 'replaces'> & { expires: number; maker: Owner },
  ): Promise<CreatedMachineKey> {
    const now = new Date(this.clock.now());
    const { rows: counts } = await db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM machine_keys
        WHERE actor IS NOT DISTINCT FROM $1 AND revoked_at IS NULL AND expires_at > $2`,
      [key.actor, now],
    );
    if ((counts[0]?.count ?? 0) >= LIMIT)
      throw requestInvalid('', `There are ${LIMIT} keys in force; revoke one first.`);
    const id = randomUUID();
    const text = newSecret('live');
    const { rows } = await db.query<Row>(
      `INSERT INTO machine_keys (id, actor, label, scopes, digest, created_by, created_at, expires_at, replaces, made_with)
       VALUES ($1, $2, $3, $4, decode($5, 'hex'), $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
      [
        id,
        key.actor,
        key.label,
        [...new Set(key.scopes)],
        digestOfKey(text),
        key.maker.actor,
        now,
        new Date(key.expires),
        key.replaces,
        key.maker.madeWith,
      ],
    );
    await this.journal.added(db, 'machine_keys', [id]);
    const [row] = rows;
    if (row === undefined) throw new Error('The key was not stored.');
    return { ...shown(row), key: text };
  }
}

/**
 * Checks that a key is for its maker; the operator also makes keys for others, without the scopes by which an actor sees and
 * does what is its own: it would act in their names. Throws `not-allowed`.
 */
function requireOwner({ actor, isAdmin }: Owner, named: string | null, scopes: readonly Scope[]): void {
  if (named === actor || viewerNow().kind === 'everyone') return;
  if (!isAdmin) throw new AditError('not-allowed', 'Only the operator makes keys for another actor.');
  const own = scopes.filter((scope) => actorScopes.includes(scope));
  if (own.length > 0)
    throw new AditError(
      'not-allowed',
      `Only ${named ?? 'the operator'} itself makes a key with the scope ${own.join(', ')}.`,
    );
}

/** Checks that an actor is registered. Throws `request-invalid`. */
async function requireActor(db: Queryable, actor: string | null): Promise<void> {
  if (actor === null) return;
  const { rows } = await db.query('SELECT FROM actors WHERE id = $1', [actor]);
  if (rows.length === 0) throw requestInvalid('/actor', `There is no actor ${actor}.`);
}

const shown = (row: Row): MachineKey => ({
  id: row.id,
  actor: row.actor,
  label: row.label,
  scopes: row.scopes,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  replaces: row.replaces,
  revokedAt: row.revoked_at?.toISOString() ?? null,
});
