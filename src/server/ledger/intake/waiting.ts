import type { SignedEvent } from '../../../core/event/event.js';
import { type Queryable, insertRows } from '../../database/rows.js';
import {
  type SealedDisclosures,
  forgetDisclosures,
  openDisclosures,
  sealedDisclosuresOf,
  writeDisclosures,
} from '../disclosures/disclosure-rows.js';
import { readText } from '../read/reread-event.js';

/** An event whose parent is not in the log yet; it is retried when the parent is admitted. */
export interface WaitingEvent {
  event: SignedEvent;
  text: string;
  /** Event ids that it waits for. */
  missing: string[];
}

/** Longest wait of an event, ms of the log's clock. */
const WAITING_TIME = 90 * 24 * 3_600_000;

/**
 * Returns when an event that began to wait at `since` expires, RFC 3339.
 * @param since the log's clock, ms.
 */
export const expiryOf = (since: number): string => new Date(since + WAITING_TIME).toISOString();

/** Returns how many events of a key wait, and whether this one is among them. */
export async function countWaiting(db: Queryable, kid: string, id: string): Promise<{ count: number; known: boolean }> {
  const { rows } = await db.query<{ count: number; known: boolean }>(
    'SELECT count(*) AS count, EXISTS (SELECT FROM waiting WHERE id = $2) AS known FROM waiting WHERE kid = $1',
    [kid, id],
  );
  return rows[0] ?? { count: 0, known: false };
}

/** Returns the stored events that wait for one of `parents`; they were checked when they arrived. */
export async function childrenOf(db: Queryable, parents: string[], origin: string): Promise<WaitingEvent[]> {
  const { rows } = await db.query<{ jws: string; missing: string[]; sealed: SealedDisclosures }>(
    `SELECT event AS jws, missing, ${sealedDisclosuresOf('waiting.id')} AS sealed FROM waiting
      WHERE id IN (SELECT child FROM waiting_for WHERE parent = ANY($1::text[]))
      ORDER BY since, id`,
    [parents],
  );
  return rows.map(({ jws, missing, sealed }) => {
    // Older releases stored the text as it was sent.
    const text = jws.endsWith('~') ? jws : [jws, ...openDisclosures(sealed), ''].join('~');
    return { event: readText(text, origin), text, missing };
  });
}

/** Stores waiting events; deletes those that no longer wait, and those that have waited for 90 days. */
export async function writeWaiting(
  db: Queryable,
  waiting: readonly WaitingEvent[],
  released: readonly string[],
  clock: number,
): Promise<void> {
  const shown = await disclosedBefore(
    db,
    waiting.map(({ event }) => event.id),
  );
  await forgetWaiting(db, [...released, ...waiting.map(({ event }) => event.id)]);
  await insertRows(
    db,
    'waiting',
    waiting.map(({ event, missing }) => ({ id: event.id, event: event.jws, kid: event.kid, missing, since: clock })),
  );
  await writeDisclosures(
    db,
    waiting.map(({ event, text }) => {
      const own = text.split('~').slice(1, -1);
      return { id: event.id, text: [event.jws, ...new Set([...own, ...(shown.get(event.id) ?? [])]), ''].join('~') };
    }),
  );
  await insertRows(
    db,
    'waiting_for',
    waiting.flatMap(({ event, missing }) => [...new Set(missing)].map((parent) => ({ parent, child: event.id }))),
  );
}

/** Returns the disclosures of events that wait already, so that sending one again without them removes none. */
async function disclosedBefore(db: Queryable, ids: readonly string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; sealed: SealedDisclosures }>(
    `SELECT id, ${sealedDisclosuresOf('waiting.id')} AS sealed FROM waiting WHERE id = ANY($1::text[])`,
    [ids],
  );
  return new Map(rows.map(({ id, sealed }) => [id, openDisclosures(sealed)]));
}

/**
 * Deletes events that no longer wait. The caller holds the right to append, because otherwise one could be admitted
 * meanwhile.
 */
export async function forgetWaiting(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.query('DELETE FROM waiting_for WHERE child = ANY($1::text[])', [ids]);
  const { rows } = await db.query<{ id: string }>('DELETE FROM waiting WHERE id = ANY($1::text[]) RETURNING id', [ids]);
  await forgetDisclosures(
    db,
    rows.map(({ id }) => id),
  );
}

/** Deletes the events that have waited for 90 days of the log's clock. */
export async function expireWaiting(db: Queryable, clock: number): Promise<void> {
  const until = clock - WAITING_TIME;
  await db.query('DELETE FROM waiting_for WHERE child IN (SELECT id FROM waiting WHERE since < $1)', [until]);
  const { rows } = await db.query<{ id: string }>('DELETE FROM waiting WHERE since < $1 RETURNING id', [until]);
  if (rows.length > 0)
    await forgetDisclosures(
      db,
      rows.map(({ id }) => id),
    );
}
