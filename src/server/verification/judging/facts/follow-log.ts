import type { JudgedEvent } from '../../../../core/rules/engine/facts.js';
import { eventsSpokenOf } from '../../../../core/rules/engine/subjects.js';
import type { Queryable } from '../../../database/rows.js';
import type { LogState } from './log-cache.js';
import type { ReadEvents } from './read-events.js';

/** Entries judged by other processes that are read to follow them; after more, the cache is dropped. */
const MOST_MISSED = 2_000;

/**
 * Brings the cache to the index from which a step judges: drops what disclosures and erasures have changed since the last
 * step, and adds what other processes have judged. Drops everything if the log is not the one that was read. Call it with
 * the cursor locked.
 */
export async function followLog(db: Queryable, events: ReadEvents, from: number): Promise<void> {
  const { cache } = events;
  const before = cache.seen;
  const now = await readState(db, before === null ? from - 1 : before.index);
  cache.seen = now;
  if (before === null || before.id !== now.id || from < cache.through || from > cache.through + MOST_MISSED) {
    cache.clear();
    cache.through = from;
    cache.seen = before === null ? now : await readState(db, from - 1);
    return;
  }
  if (now.disclosed !== before.disclosed || now.erased !== before.erased)
    cache.forget(await entriesChanged(db, before));
  if (from === cache.through) return;
  const missed = await events.from(db, cache.through, from - cache.through);
  await extendCache(
    db,
    events,
    missed.entries.filter(({ index }) => index < from),
    from,
  );
  // An entry that was set aside may not be filed.
  cache.forgetFiled();
}

/** Adds entries that have been filed to the cache, and drops what they change. */
export async function extendCache(
  db: Queryable,
  { cache }: ReadEvents,
  entries: readonly JudgedEvent[],
  end: number,
): Promise<void> {
  cache.extend(entries, end);
  const last = entries.at(-1);
  if (cache.seen !== null && last !== undefined) cache.seen = { ...cache.seen, index: last.index, id: last.event.id };
  const changed = await entriesChangedBy(db, entries);
  if (changed.length > 0) cache.forget(changed);
}

/** Returns the entries that new ones correct, endorse, dispute or settle, or of which they erase something. */
async function entriesChangedBy(db: Queryable, entries: readonly JudgedEvent[]): Promise<number[]> {
  const ids = entries.flatMap(eventsSpokenOf);
  const digests = entries.flatMap(({ event }) => (event.type === 'data.erased' ? event.payload.digests : []));
  if (ids.length === 0 && digests.length === 0) return [];
  const { rows } = await db.query<{ index: number }>(
    `SELECT index FROM entries
      WHERE id = ANY($1::text[]) OR id IN (SELECT target FROM corrections WHERE id = ANY($1::text[]))
     UNION
     SELECT e.index FROM disclosures AS d JOIN entries AS e ON e.id = d.event WHERE d.digest = ANY($2::text[])`,
    [ids, digests],
  );
  return rows.map(({ index }) => index);
}

async function readState(db: Queryable, index: number): Promise<LogState> {
  const { rows } = await db.query<Omit<LogState, 'index'>>(
    `SELECT (SELECT id FROM entries WHERE index = $1) AS id,
            (SELECT COALESCE(max(n), 0) FROM late_disclosures) AS disclosed,
            (SELECT COALESCE(max(index), -1) FROM erasures) AS erased`,
    [index],
  );
  return { index, id: null, disclosed: 0, erased: -1, ...rows[0] };
}

/** Returns the entries of which more was disclosed, or something erased, since a state of the log. */
async function entriesChanged(db: Queryable, { disclosed, erased }: LogState): Promise<number[]> {
  const { rows } = await db.query<{ index: number }>(
    `SELECT index FROM late_disclosures WHERE n > $1
     UNION
     SELECT e.index FROM erasures AS o JOIN disclosures AS d USING (digest) JOIN entries AS e ON e.id = d.event
      WHERE o.index > $2`,
    [disclosed, erased],
  );
  return rows.map(({ index }) => index);
}
