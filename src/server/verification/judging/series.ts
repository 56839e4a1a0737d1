import { type Facts, type JudgedEvent, SERIES_LENGTH, type SeriesItem } from '../../../core/rules/engine/facts.js';
import type { CatalogueRule, Parameters } from '../../../core/rules/index.js';
import { entriesOfSeries, filedInSeries } from '../../../core/rules/engine/series/series.js';
import type { Filing } from '../../../core/rules/engine/subjects.js';
import type { Queryable } from '../../database/rows.js';
import type { ReadEvents } from './facts/read-events.js';
import { runRules } from './run-rules.js';

/** Files the items of series that the facts give, loads the series, and the entries behind those with a finding. */
export async function loadSeries(
  db: Queryable,
  events: ReadEvents,
  facts: Facts,
  rules: readonly CatalogueRule[],
  parameters: Parameters,
): Promise<void> {
  const entries = entriesOfSeries(facts);
  const rows = entries.flatMap((entry) =>
    filedInSeries(entry, facts).map((filing) => ({ ...filing, index: entry.index })),
  );
  const left = await fileItems(db, entries, rows);
  const subjects = [...new Set([...rows.map(({ subject }) => subject), ...left])];
  if (subjects.length === 0) return;
  facts.series = await readSeries(db, subjects, facts.end);
  // Run as all rules are, within a time: one that fails must not stop the others here either.
  const found = runRules(
    rules.filter(({ scope }) => scope.includes('series')),
    facts,
    parameters,
  )
    .flatMap(({ findings }) => findings.map(({ subject }) => subject))
    .filter((subject) => facts.series.has(subject));
  if (found.length > 0) facts.about = new Map([...facts.about, ...(await readBehind(db, events, facts, found))]);
}

/**
 * Files items. An entry that is judged again may differ, or be in a series no more. Returns the series that entries have
 * left.
 */
async function fileItems(
  db: Queryable,
  entries: readonly JudgedEvent[],
  rows: readonly (Filing & { index: number })[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const { rows: left } = await db.query<{ subject: string }>(
    `WITH given AS (
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::numeric[], $5::numeric[])
           AS given (subject, index, at, amount, whole)
     ), removed AS (
       DELETE FROM filings
        WHERE index = ANY($6::bigint[]) AND subject LIKE 'series:%'
          AND NOT EXISTS (SELECT FROM given WHERE given.subject = filings.subject AND given.index = filings.index)
       RETURNING subject
     ), written AS (
       INSERT INTO filings (subject, index, at, amount, whole) SELECT * FROM given
       ON CONFLICT (subject, index) DO UPDATE SET at = EXCLUDED.at, amount = EXCLUDED.amount, whole = EXCLUDED.whole
        WHERE (filings.at, filings.amount, filings.whole)
              IS DISTINCT FROM (EXCLUDED.at, EXCLUDED.amount, EXCLUDED.whole)
     )
     SELECT DISTINCT subject FROM removed`,
    [
      rows.map(({ subject }) => subject),
      rows.map(({ index }) => index),
      rows.map(({ at }) => at),
      rows.map(({ amount }) => amount?.toString() ?? null),
      rows.map(({ whole }) => whole?.toString() ?? null),
      entries.map(({ index }) => index),
    ],
  );
  return left.map(({ subject }) => subject);
}

interface SeriesRow {
  subject: string;
  indexes: string[] | null;
  times: string[];
  amounts: string[];
  wholes: (string | null)[];
}

/** Reads the newest items of each series, in one row for each. */
async function readSeries(
  db: Queryable,
  subjects: readonly string[],
  end: number,
): Promise<Map<string, readonly SeriesItem[]>> {
  const { rows } = await db.query<SeriesRow>(
    `SELECT wanted.subject, listed.*
       FROM unnest($1::text[]) AS wanted (subject)
      CROSS JOIN LATERAL (
        SELECT array_agg(index::text ORDER BY index) AS indexes, array_agg(at::text ORDER BY index) AS times,
               array_agg(amount::text ORDER BY index) AS amounts, array_agg(whole::text ORDER BY index) AS wholes
          FROM (SELECT index, at, amount, whole FROM filings WHERE subject = wanted.subject AND index < $2
                 ORDER BY index DESC LIMIT ${SERIES_LENGTH}) AS item) AS listed`,
    [subjects, end],
  );
  return new Map(rows.map((row) => [row.subject, itemsIn(row)]));
}

const itemsIn = ({ indexes, times, amounts, wholes }: SeriesRow): SeriesItem[] =>
  (indexes ?? []).map((index, i) => ({
    index: Number(index),
    at: Number(times[i]),
    amount: BigInt(amounts[i] ?? 0),
    whole: typeof wholes[i] === 'string' ? BigInt(wholes[i]) : null,
  }));

/** Returns the entries behind series, in order. */
async function readBehind(
  db: Queryable,
  events: ReadEvents,
  { series }: Facts,
  subjects: readonly string[],
): Promise<Map<string, JudgedEvent[]>> {
  const itemsOf = (subject: string): readonly SeriesItem[] => series.get(subject) ?? [];
  const read = await events.byIndex(
    db,
    [...new Set(subjects.flatMap((subject) => itemsOf(subject).map(({ index }) => index)))].toSorted((a, b) => a - b),
  );
  return new Map(subjects.map((subject) => [subject, itemsOf(subject).flatMap(({ index }) => read.get(index) ?? [])]));
}
