import type { Queryable } from '../database/rows.js';

/** Differences listed for one table at most. */
const LIMIT = 50;
/** Rows of one table that one statement compares. */
const PIECE = 2_000;

/** One cell, or one whole row (`column` null), that is not what the log gives. */
export interface Difference {
  table: string;
  /** The primary key as text, such as `lot=…, seq=3`. */
  key: string;
  column: string | null;
  stored: string | null;
  replayed: string | null;
  lots: string[];
  /** Index of the entry the row speaks of, where it names one. */
  index: number | null;
}

/** Every value as the text that JSON has for it, so that no number loses a digit on the way. */
type TextRow = Record<string, string | null>;

interface ComparedRow {
  key: TextRow;
  stored: TextRow | null;
  replayed: TextRow | null;
}

/**
 * Compares each stored projection with the temporary table of the same name: rows that are missing, extra or differ
 * in any column. Rows are compared as text, which tells apart whatever two columns can differ in. Both tables are read
 * by ranges of the primary key, so that no statement takes long, however large the ledger is. Called in a transaction.
 * @param rest is called after every `PIECE` rows; it may wait.
 */
export async function compareTables(
  db: Queryable,
  tables: readonly string[],
  rest: () => Promise<void> = () => Promise.resolve(),
  piece = PIECE,
): Promise<{ differences: Difference[]; truncated: boolean }> {
  const differences: Difference[] = [];
  let truncated = false;
  // Temporary tables have no statistics: without these settings the planner reads a whole table for each range of it.
  await db.query("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)");
  for (const table of tables) {
    const range = new KeyRange(db, table, await primaryKey(db, table));
    let found = 0;
    while (found < LIMIT && (await range.advance(piece))) {
      const rows = await range.compare(LIMIT - found);
      found += rows.length;
      differences.push(...rows.flatMap((row) => differencesOf(table, row)));
      if (!range.isLast) await rest();
    }
    truncated ||= found >= LIMIT;
  }
  return { differences, truncated };
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

/** A range of primary keys of one table, moved on piece by piece. Table and columns are names of our own schema. */
class KeyRange {
  private low: string[] | null = null;
  private high: string[] | null = null;
  private begun = false;

  constructor(
    private readonly db: Queryable,
    private readonly table: string,
    private readonly key: readonly string[],
  ) {}

  /** Whether the range has no upper end: everything after it has been compared. */
  get isLast(): boolean {
    return this.high === null;
  }

  /** Moves on to the next `count` rows of either table, whichever has them first; false: there are no more. */
  async advance(count: number): Promise<boolean> {
    if (this.begun && this.high === null) return false;
    this.begun = true;
    this.low = this.high;
    const columns = this.key.join(', ');
    const nth = (schema: string): string =>
      `(SELECT ${columns} FROM ${schema}.${this.table}${this.within(this.low, null)}
         ORDER BY ${columns} OFFSET ${count - 1} LIMIT 1)`;
    const { rows } = await this.db.query<{ upper: string[] }>(
      `SELECT ARRAY[${this.key.map((column) => `${column}::text`).join(', ')}] AS upper
         FROM (${nth('public')} UNION ALL ${nth('pg_temp')}) AS ends ORDER BY ${columns} LIMIT 1`,
      this.low ?? [],
    );
    this.high = rows[0]?.upper ?? null;
    return true;
  }

  /** The rows of the range that differ, at most `limit`. */
  async compare(limit: number): Promise<ComparedRow[]> {
    const { key, table } = this;
    const keyObject = key.map((column) => `'${column}', COALESCE(s.${column}, r.${column})::text`).join(', ');
    const same = key.map((column) => `s.${column} = r.${column}`).join(' AND ');
    const within = this.within(this.low, this.high);
    const { rows } = await this.db.query<ComparedRow & Record<string, unknown>>(
      `SELECT json_build_object(${keyObject}) AS key,
              (SELECT json_object_agg(key, value) FROM json_each_text(to_json(s))) AS stored,
              (SELECT json_object_agg(key, value) FROM json_each_text(to_json(r))) AS replayed
         FROM (SELECT * FROM public.${table}${within}) AS s
         FULL JOIN (SELECT * FROM pg_temp.${table}${within}) AS r ON ${same}
        WHERE s::text IS DISTINCT FROM r::text
        LIMIT ${limit}`,
      [...(this.low ?? []), ...(this.high ?? [])],
    );
    return rows;
  }

  /** Keys after `low`, up to and with `high`. */
  private within(low: readonly string[] | null, high: readonly string[] | null): string {
    const columns = this.key.join(', ');
    const values = (first: number): string => this.key.map((_, i) => `$${first + i}`).join(', ');
    const conditions = [
      ...(low === null ? [] : [`(${columns}) > (${values(1)})`]),
      ...(high === null ? [] : [`(${columns}) <= (${values(1 + (low?.length ?? 0))})`]),
    ];
    return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  }
}

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
