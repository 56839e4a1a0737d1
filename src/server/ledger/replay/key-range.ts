import type { Queryable } from '../../database/rows.js';

/** Rows of one relation that one statement compares. */
const PIECE = 2_000;
/** Differing rows that one comparison lists at most. */
const LIMIT = 50;

/** A relation read in the order of the key; `where` filters its rows. */
export interface Relation {
  from: string;
  where?: string;
}

/**
 * Moves a range of keys over relations with the same key columns, so that each statement of a comparison reads few
 * rows. Relations and columns are names of this schema.
 */
class KeyRange {
  private low: string[] | null = null;
  private high: string[] | null = null;
  private begun = false;

  constructor(
    private readonly db: Queryable,
    private readonly key: readonly string[],
    private readonly relations: readonly Relation[],
  ) {}

  /** Whether the range has no upper end and covers all remaining rows. */
  get isLast(): boolean {
    return this.high === null;
  }

  /** Values of the parameters in `rows`. */
  get values(): string[] {
    return [...(this.low ?? []), ...(this.high ?? [])];
  }

  /** Moves to the next `count` rows of the relations together; returns false if there are none. */
  async advance(count: number): Promise<boolean> {
    if (this.begun && this.high === null) return false;
    this.begun = true;
    this.low = this.high;
    this.high = null;
    const columns = this.key.join(', ');
    const nth = (relation: Relation): string =>
      `(SELECT ${columns} FROM ${this.rows(relation)} AS rows ORDER BY ${columns} OFFSET ${count - 1} LIMIT 1)`;
    const { rows } = await this.db.query<{ upper: string[] }>(
      `SELECT ARRAY[${this.key.map((column) => `${column}::text`).join(', ')}] AS upper
         FROM (${this.relations.map(nth).join(' UNION ALL ')}) AS ends ORDER BY ${columns} LIMIT 1`,
      this.values,
    );
    this.high = rows[0]?.upper ?? null;
    return true;
  }

  /** Returns the subquery for a relation's rows in the range; its parameters begin with number `first`. */
  rows({ from, where }: Relation, first = 1): string {
    const columns = this.key.join(', ');
    const values = (start: number): string => this.key.map((_, i) => `$${start + i}`).join(', ');
    const conditions = [
      ...(where === undefined ? [] : [where]),
      ...(this.low === null ? [] : [`(${columns}) > (${values(first)})`]),
      ...(this.high === null ? [] : [`(${columns}) <= (${values(first + (this.low?.length ?? 0))})`]),
    ];
    return `(SELECT * FROM ${from}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`})`;
  }
}

/** A comparison by ranges of a key. */
export interface RangeComparison {
  key: readonly string[];
  /** Both sides, read in the order of the key. */
  sides: readonly [stored: Relation, computed: Relation];
  /** Returns the query for differing rows from the subqueries of both sides. */
  sql: (stored: string, computed: string) => string;
  /** Values of the query's first parameters. */
  values?: readonly unknown[];
}

/**
 * Pace of a comparison: `rest` is called between pieces and may wait, `piece` is the number of rows of a side in one
 * statement.
 */
export interface RangePace {
  rest?: () => Promise<void>;
  piece?: number;
}

/** Returns the differing rows, up to the limit. Call it in one transaction, after `readByRanges`. */
export async function compareByRanges<Row extends object>(
  db: Queryable,
  { key, sides, sql, values = [] }: RangeComparison,
  { rest, piece = PIECE }: RangePace,
): Promise<{ rows: Row[]; truncated: boolean }> {
  const range = new KeyRange(db, key, sides);
  const found: Row[] = [];
  while (found.length < LIMIT && (await range.advance(piece))) {
    const [stored, computed] = sides.map((side) => range.rows(side, values.length + 1)) as [string, string];
    const { rows } = await db.query<Row & Record<string, unknown>>(
      `${sql(stored, computed)} LIMIT ${LIMIT - found.length}`,
      [...values, ...range.values],
    );
    found.push(...rows);
    if (!range.isLast) await rest?.();
  }
  return { rows: found, truncated: found.length >= LIMIT };
}

/**
 * Sets options of a transaction that reads by ranges: a temporary table has no statistics, so the planner would read it
 * whole for each range.
 */
export async function readByRanges(db: Queryable): Promise<void> {
  await db.query("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)");
}
