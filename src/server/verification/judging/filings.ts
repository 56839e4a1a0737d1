import type { Facts, JudgedEvent } from '../../../core/rules/engine/facts.js';
import { type Filing, type Revisit, filedUnder, revisitsAfter } from '../../../core/rules/engine/subjects.js';
import { mixedFrom } from '../../../core/rules/mass/mixed-from.js';
import { leftWith } from '../../../core/rules/origin/left-lots.js';
import { closedIn } from '../../../core/rules/origin/left-parts.js';
import { minedIn, registeredIn } from '../../../core/rules/origin/series/mined-months.js';
import { addedTo } from '../../../core/rules/mass/throughput.js';
import { purchasesIn } from '../../../core/rules/people/producers.js';
import { movedTags } from '../../../core/rules/tags/tags-held.js';
import type { Queryable } from '../../database/rows.js';
import { NEWEST } from './facts/log-cache.js';
import type { ReadEvents } from './facts/read-events.js';

/** A time before any day in an entry, ms since 1970 UTC. */
const EVER = Number.MIN_SAFE_INTEGER;
/** Entries that are re-evaluated in one transaction at most. */
const REVISITED_AT_ONCE = 200;

/** Files entries under the subjects that they name. Returns whether all of them are filed for the first time. */
export const fileEntries = (db: Queryable, entries: readonly JudgedEvent[]): Promise<boolean> =>
  file(db, entries, filedUnder);

/** Files entries that may be filed already: more is disclosed of them, or they were corrected. */
export async function fileAgain(db: Queryable, events: ReadEvents, entries: readonly JudgedEvent[]): Promise<void> {
  await fileEntries(db, entries);
  events.cache.refiled(entries);
}

/**
 * Files what follows from the chains of the judged entries' lots: what they bring to facilities and make there,
 * purchases from persons, what sites and districts produce, the sites of districts, the sites whose mineral they mix, the masses with which lots
 * leave, and the tags of operators.
 */
export const fileFromChains = (db: Queryable, facts: Facts): Promise<boolean> =>
  file(db, facts.entries, (entry) => [
    ...addedTo(entry, facts),
    ...purchasesIn(entry, facts),
    ...mixedFrom(entry, facts),
    ...leftWith(entry, facts),
    ...closedIn(entry, facts),
    ...minedIn(entry, facts),
    ...registeredIn(entry, facts),
    ...movedTags(entry, facts),
  ]);

interface FilingRow extends Filing {
  index: number;
}

/** Whether the amount is summed; the sequence numbers of devices are not. */
const isSummed = ({ subject, amount }: Filing): boolean => amount !== undefined && !subject.startsWith('device:');

/** Files entries; for one that is filed already, corrects its mass and the sum. Returns whether none was. */
async function file(
  db: Queryable,
  entries: readonly JudgedEvent[],
  filingsOf: (entry: JudgedEvent) => readonly Filing[],
): Promise<boolean> {
  const rows = entries.flatMap((entry) =>
    filingsOf(entry).map((filing): FilingRow => ({ ...filing, index: entry.index })),
  );
  const areNew = await fileUnsummed(
    db,
    rows.filter((row) => !isSummed(row)),
  );
  await fileSummed(db, rows.filter(isSummed));
  return areNew;
}

const valuesOf = (rows: readonly FilingRow[]): unknown[] => [
  rows.map(({ subject }) => subject),
  rows.map(({ index }) => index),
  rows.map(({ at }) => at),
  rows.map(({ amount }) => amount?.toString() ?? null),
];

/** Returns whether there were rows, and none of them was there before. */
async function fileUnsummed(db: Queryable, rows: readonly FilingRow[]): Promise<boolean> {
  if (rows.length === 0) return false;
  // A row that an insert has made has no deleting transaction (xmax); one that it has updated has.
  const { rows: counted } = await db.query<{ made: number }>(
    `WITH written AS (
       INSERT INTO filings (subject, index, at, amount)
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::numeric[]) AS given (subject, index, at, amount)
       ON CONFLICT (subject, index) DO UPDATE SET amount = EXCLUDED.amount
        WHERE filings.amount IS DISTINCT FROM EXCLUDED.amount
       RETURNING xmax = 0 AS is_made
     )
     SELECT count(*) FILTER (WHERE is_made) AS made FROM written`,
    valuesOf(rows),
  );
  return counted[0]?.made === rows.length;
}

async function fileSummed(db: Queryable, rows: readonly FilingRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `WITH given AS (
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::numeric[]) AS given (subject, index, at, amount)
     ), before AS (
       SELECT filings.subject, filings.index, filings.amount FROM given JOIN filings USING (subject, index)
     ), written AS (
       INSERT INTO filings (subject, index, at, amount) SELECT * FROM given
       ON CONFLICT (subject, index) DO UPDATE SET amount = EXCLUDED.amount
        WHERE filings.amount IS DISTINCT FROM EXCLUDED.amount
       RETURNING subject, index, amount
     )
     INSERT INTO totals (subject, amount)
     SELECT written.subject, sum(written.amount - COALESCE(before.amount, 0))
       FROM written LEFT JOIN before USING (subject, index)
      GROUP BY written.subject
     ON CONFLICT (subject) DO UPDATE SET amount = totals.amount + EXCLUDED.amount`,
    valuesOf(rows),
  );
}

/** Removes entries from subjects that only erased disclosures named. */
export async function unfileErased(db: Queryable, events: ReadEvents, fresh: readonly JudgedEvent[]): Promise<void> {
  const digests = fresh.flatMap(({ event }) => (event.type === 'data.erased' ? event.payload.digests : []));
  if (digests.length === 0) return;
  const { rows } = await db.query<{ index: number }>(
    'SELECT DISTINCT index FROM disclosures AS d JOIN entries AS e ON e.id = d.event WHERE d.digest = ANY($1::text[])',
    [digests],
  );
  const entries = await events.byIndex(
    db,
    rows.map(({ index }) => index),
  );
  for (const [index, entry] of entries)
    await db.query(
      `DELETE FROM filings WHERE index = $1 AND (subject LIKE 'vehicle:%' OR subject LIKE 'document:%' OR subject LIKE 'card:%')
          AND NOT subject = ANY($2::text[])`,
      [index, filedUnder(entry).map(({ subject }) => subject)],
    );
}

/** Reads the entries below `end` that are filed under each subject, in order; an empty list if there are none. */
export async function readAbout(
  db: Queryable,
  events: ReadEvents,
  subjects: Iterable<string>,
  end: number,
  into: Map<string, readonly JudgedEvent[]>,
): Promise<void> {
  const wanted: string[] = [];
  for (const subject of new Set(subjects)) {
    if (into.has(subject)) continue;
    const known = events.cache.filed(subject);
    if (known === undefined) wanted.push(subject);
    else into.set(subject, known);
  }
  if (wanted.length === 0) return;
  const { rows } = await db.query<{ subject: string; index: number }>(
    `SELECT wanted.subject, filed.index
       FROM unnest($1::text[]) AS wanted (subject)
      CROSS JOIN LATERAL (SELECT index FROM filings WHERE subject = wanted.subject AND index < $2
                           ORDER BY index DESC LIMIT ${NEWEST}) AS filed
      ORDER BY filed.index`,
    [wanted, end],
  );
  const byIndex = await events.byIndex(
    db,
    rows.map(({ index }) => index),
  );
  const found = new Map<string, JudgedEvent[]>(wanted.map((subject) => [subject, []]));
  for (const { subject, index } of rows) {
    const entry = byIndex.get(index);
    if (entry !== undefined) found.get(subject)?.push(entry);
  }
  for (const [subject, entries] of found) {
    into.set(subject, entries);
    events.cache.putFiled(subject, entries);
  }
}

/** Reads the sum of each subject: masses in mg, or counts. */
export async function readTotals(db: Queryable, subjects: readonly string[]): Promise<Map<string, bigint>> {
  if (subjects.length === 0) return new Map();
  const { rows } = await db.query<{ subject: string; total: string }>(
    'SELECT subject, amount::text AS total FROM totals WHERE subject = ANY($1::text[])',
    [[...new Set(subjects)]],
  );
  return new Map(rows.map(({ subject, total }) => [subject, BigInt(total)]));
}

/**
 * Enqueues older entries to re-evaluate because of these.
 * @param end the index below which entries are re-evaluated; by default only those before each entry.
 */
export async function queueRevisits(db: Queryable, entries: readonly JudgedEvent[], end?: number): Promise<void> {
  await insertRevisits(
    db,
    entries.flatMap((entry) => revisitsAfter(entry).map((revisit) => ({ ...revisit, until: end ?? entry.index }))),
  );
}

/** Enqueues the judged entries that are filed under some subjects for re-evaluation. */
export const queueAgain = (db: Queryable, revisits: readonly Revisit[], until: number): Promise<void> =>
  insertRevisits(
    db,
    revisits.map((revisit) => ({ ...revisit, until })),
  );

async function insertRevisits(db: Queryable, revisits: readonly (Revisit & { until: number })[]): Promise<void> {
  if (revisits.length === 0) return;
  await db.query(
    `INSERT INTO revisits (subject, since, next, until)
     SELECT subject, since, first.index, until
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS asked (subject, since, until)
      CROSS JOIN LATERAL (SELECT min(index) AS index FROM filings
                           WHERE subject = asked.subject AND at >= asked.since AND index < asked.until) AS first
      WHERE first.index IS NOT NULL`,
    [revisits.map(({ subject }) => subject), revisits.map(({ since }) => since), revisits.map(({ until }) => until)],
  );
}

/**
 * Enqueues everything signed with keys that an entry is about, whatever its time and its signer's day: a revocation
 * with `compromisedSince`, and the endorsement of a key's addition. Includes the actors to whom the actor added keys,
 * and so on.
 */
export async function queueKeyRevisits(db: Queryable, entries: readonly JudgedEvent[]): Promise<void> {
  const revoked = entries.flatMap(({ index, event }) =>
    event.type === 'key.revoked' && event.payload.compromisedSince !== undefined
      ? [{ actor: event.payload.actor, until: index }]
      : [],
  );
  const endorsed = entries.flatMap(({ index, event }) =>
    event.type === 'event.endorsed' ? event.payload.events.map((id) => ({ id, by: event.iss, until: index })) : [],
  );
  if (revoked.length === 0 && endorsed.length === 0) return;
  await db.query(
    `WITH RECURSIVE behind (actor, until) AS (
       SELECT * FROM unnest($1::text[], $2::bigint[]) AS revoked (actor, until)
       UNION
       SELECT added.actor, endorsed.until
         FROM unnest($3::text[], $4::text[], $5::bigint[]) AS endorsed (id, by_actor, until)
         JOIN entries AS entry USING (id) JOIN keys AS added ON added.added_index = entry.index
        WHERE endorsed.by_actor = added.actor
           OR EXISTS (SELECT FROM filings WHERE subject = 'signed-by:' || endorsed.by_actor AND index = entry.index)
       UNION
       SELECT added.actor, behind.until
         FROM behind
         JOIN filings AS filed ON filed.subject = 'signed-by:' || behind.actor
         JOIN keys AS added ON added.added_index = filed.index
        WHERE added.actor NOT IN (behind.actor, 'ledger')
     )
     INSERT INTO revisits (subject, since, next, until)
     SELECT 'signed-by:' || actor, ${EVER}, 0, max(until) FROM behind GROUP BY actor`,
    [
      revoked.map(({ actor }) => actor),
      revoked.map(({ until }) => until),
      endorsed.map(({ id }) => id),
      endorsed.map(({ by }) => by),
      endorsed.map(({ until }) => until),
    ],
  );
}

/** Takes the next entries to re-evaluate; the rest waits for the next transaction. */
export async function takeRevisits(db: Queryable, most: number): Promise<number[]> {
  const { rows: waiting } = await db.query<{ id: number; subject: string; since: number; next: number; until: number }>(
    'SELECT id, subject, since, next, until FROM revisits ORDER BY id LIMIT 200',
  );
  const taken = new Set<number>();
  const done: number[] = [];
  for (const { id, subject, since, next, until } of waiting) {
    const room = Math.min(most, REVISITED_AT_ONCE) - taken.size;
    if (room <= 0) break;
    const { rows } = await db.query<{ index: number }>(
      `SELECT index FROM filings WHERE subject = $1 AND index >= $2 AND index < $3 AND at >= $4
        ORDER BY index LIMIT $5`,
      [subject, next, until, since, room],
    );
    for (const { index } of rows) taken.add(index);
    const last = rows.at(-1);
    if (last === undefined || rows.length < room) done.push(id);
    else await db.query('UPDATE revisits SET next = $2 WHERE id = $1', [id, last.index + 1]);
  }
  if (done.length > 0) await db.query('DELETE FROM revisits WHERE id = ANY($1::bigint[])', [done]);
  return [...taken];
}
