import type { QueryResult, QueryResultRow } from 'pg';

/** A connection inside a transaction, or a pool: anything that can run one statement. */
export interface Queryable {
  query<T extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<T>>;
}

/** SQLSTATE of a statement that failed only because an earlier one of its transaction had. */
const FAILED_WITH_ANOTHER = '25P02';

/**
 * Waits for statements that were sent without waiting for each other. Resolves when all have ended; rejects with the
 * first error that is not the consequence of another one in the same transaction.
 */
export async function together(statements: readonly Promise<unknown>[]): Promise<void> {
  const errors = (await Promise.allSettled(statements)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (errors.length === 0) return;
  throw errors.find((error) => (error as { code?: unknown } | null)?.code !== FAILED_WITH_ANOTHER) ?? errors[0];
}

/** A row by column names as JSON, with large numbers as decimal text. */
export type Row = Record<string, unknown>;

/**
 * Inserts all rows by one statement. Names are constants of this code; the values are one JSON parameter that the
 * table's row type decodes, so the statement does not depend on the number of rows.
 */
export async function insertRows(db: Queryable, table: string, rows: Row[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [
    JSON.stringify(rows),
  ]);
}

/** Inserts rows, or updates those with the same key. */
export async function upsertRows(db: Queryable, table: string, key: string, rows: Row[]): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const assignments = Object.keys(first)
    .filter((column) => column !== key)
    .map((column) => `${column} = EXCLUDED.${column}`)
    .join(', ');
  await db.query(
    `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)
     ON CONFLICT (${key}) DO UPDATE SET ${assignments}`,
    [JSON.stringify(rows)],
  );
}

/** Returns the rows of `table` whose text column `key` is one of `values`. */
export async function rowsByKey<T extends QueryResultRow>(
  db: Queryable,
  table: string,
  key: string,
  values: string[],
  type: 'text' | 'uuid' = 'text',
): Promise<T[]> {
  if (values.length === 0) return [];
  const { rows } = await db.query<T>(`SELECT * FROM ${table} WHERE ${key} = ANY($1::${type}[])`, [values]);
  return rows;
}
