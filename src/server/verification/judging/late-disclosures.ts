import { revisitsOnceDisclosed } from '../../../core/rules/engine/subjects.js';
import { lotsOf } from '../../../core/rules/engine/facts.js';
import type { Queryable } from '../../database/rows.js';
import { fileAgain, queueAgain } from './filings.js';
import { entriesDownstream } from './facts/load-lots.js';
import type { ReadEvents } from './facts/read-events.js';

/**
 * Takes logged entries with new disclosures, files them under the disclosed subjects, and returns the indexes to
 * re-evaluate: theirs, and those of the chains of their lots. Other entries of the subjects are re-evaluated later.
 * @param from the index below which entries have been judged; later ones will be judged with all their disclosures.
 */
export async function takeDisclosed(db: Queryable, events: ReadEvents, from: number, most: number): Promise<number[]> {
  const { rows } = await db.query<{ n: number; index: number }>(
    `SELECT n, index FROM late_disclosures
      WHERE n > (SELECT disclosed FROM verification_cursor) ORDER BY n LIMIT $1`,
    [most],
  );
  const last = rows.at(-1);
  if (last === undefined) return [];
  await db.query('UPDATE verification_cursor SET disclosed = $1', [last.n]);
  const indexes = rows.map(({ index }) => index).filter((index) => index < from);
  // They may have come since the cache was brought up to date.
  events.cache.forget(indexes);
  const entries = [...(await events.byIndex(db, indexes)).values()];
  await fileAgain(db, events, entries);
  await queueAgain(db, entries.flatMap(revisitsOnceDisclosed), from);
  const lots = [...new Set(entries.flatMap(lotsOf))];
  return [...indexes, ...(lots.length === 0 ? [] : await entriesDownstream(db, lots))];
}
