import type { Queryable } from '../../database/rows.js';
import { type RangePace, compareByRanges, readByRanges } from './key-range.js';

/** One cell, or one whole row (`column` null), that differs from the log. */
export interface Difference {
  table: string;
  /** The primary key as text, such as `lot=…, seq=3`. */
  key: string;
  column: string | null;
  stored: string | null;
  replayed: string | null;
  lots: string[];
  /** Index of the entry that the row names, if any. */
  index: number | null;
}

/** Every value as its text in JSON, so that numbers are exact. */
type TextRow = Record<string, string | null>;

interface ComparedRow {
  key: TextRow;
  stored: TextRow | null;
  replayed: TextRow | null;
}

/**
 * Compares each stored projection with the temporary table of the same name: rows that are missing, extra or differ in
 * any column. Rows are compared as text, which shows every difference. Both tables are read by ranges of the primary
 * key, so that no statement takes long. Call it in a transaction.
 */
export async function compareTables(
  db: Queryable,
  tables: readonly string[],
  pace: RangePace = {},
): Promise<{ differences: Difference[]; truncated: boolean }> {
  const differences: Difference[] = [];
  let anyTruncated = false;
  await readByRanges(db);
  for (const table of tables) {
    const key = await primaryKey(db, table);
    const sides = [{ from: `public.${table}` }, { from: `pg_temp.${table}` }] as const;
    const comparison = { key, sides, sql: sameRows(key) };
    const { rows, truncated } = await compareByRanges<ComparedRow>(db, comparison, pace);
    differences.push(...rows.flatMap((row) => differencesOf(table, row)));
    anyTruncated ||= truncated;
  }
  return { differences, truncated: anyTruncated };
}

async function primaryKey(db: Queryable, table: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT a.attname AS name
       FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
      WHERE i.indisprimary AND i.indrelid = $1::regclass
      ORDER BY array_position(i.indkey::smallint[], a.attnum)`,
    [`public.${table}`],
  );
  return rows.map(({ name }) => name);
}

/** Returns the query for rows that differ between both sides. Columns are names of this schema. */
const sameRows =
  (key: readonly string[]) =>
  (stored: string, replayed: string): string => {
    const keyObject = key.map((column) => `'${column}', COALESCE(s.${column}, r.${column})::text`).join(', ');
    const same = key.map((column) => `s.${column} = r.${column}`).join(' AND ');
    return `
      SELECT json_build_object(${keyObject}) AS key,
             (SELECT json_object_agg(key, value) FROM json_each_text(to_json(s))) AS stored,
             (SELECT json_object_agg(key, value) FROM json_each_text(to_json(r))) AS replayed
        FROM ${stored} AS s FULL JOIN ${replayed} AS r ON ${same}
       WHERE s::text IS DISTINCT FROM r::text`;
  };

function differencesOf(table: string, { key, stored, replayed }: ComparedRow): Difference[] {
  const row = stored ?? replayed ?? {};
  const name = Object.entries(key)
    .map(([column, value]) => `${column}=${value ?? ''}`)
    .join(', ');
  const common = { table, key: name, lots: lotsOf(table, row), index: indexOf(row) };
  if (stored === null || replayed === null)
    return [{ ...common, column: null, stored: asText(stored), replayed: asText(replayed) }];
  return Object.keys(row)
    .filter((column) => stored[column] !== replayed[column])
    .map((column) => ({ ...common, column, stored: stored[column] ?? null, replayed: replayed[column] ?? null }));
}

const asText = (row: TextRow | null): string | null => (row === null ? null : JSON.stringify(row));

function lotsOf(table: string, row: TextRow): string[] {
  const named = table === 'lots' ? [row.id] : [row.lot, row.from_lot, row.to_lot];
  return named.filter((lot): lot is string => typeof lot === 'string');
}

function indexOf(row: TextRow): number | null {
  const index = row.head_index ?? row.index ?? row.added_index;
  return index === undefined || index === null ? null : Number(index);
}
