import type { Queryable } from '../../src/server/database/rows.js';

/** Changes that a person with all rights on the database can make, generated from its schema. */

export interface Column {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
}

/** The columns of some tables; the one that holds a table to a single row has only one value. */
export async function columnsOf(db: Queryable, tables: readonly string[]): Promise<Column[]> {
  const { rows } = await db.query<Column>(
    `SELECT table_name AS table, column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable
       FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = ANY($1) AND column_name <> 'single'
      ORDER BY table_name, ordinal_position`,
    [tables],
  );
  return rows;
}

const other: Record<string, (column: string) => string> = {
  text: (column) => `COALESCE(${column}, '') || 'x'`,
  ARRAY: (column) => `${column} || ${column} || '{x}'`,
  bigint: (column) => `COALESCE(${column}, 0) + 1`,
  integer: (column) => `COALESCE(${column}, 0) + 1`,
  smallint: (column) => `COALESCE(${column}, 0) + 1`,
  numeric: (column) => `${column} + 1`,
  boolean: (column) => `NOT ${column}`,
  uuid: () => "'00000000-0000-8000-8000-000000000000'",
  jsonb: () => `'{"x":1}'`,
  bytea: (column) => `set_byte(${column}, 0, (get_byte(${column}, 0) + 1) % 256)`,
};
const empty: Record<string, string> = {
  text: "''",
  ARRAY: "'{}'",
  jsonb: "'{}'",
  bytea: "''",
  numeric: '0',
  bigint: '0',
};

/** A service that dies between writing and signing leaves a checkpoint without its note; the next one signed covers it. */
const MAY_BE_MISSING = 'checkpoints.note';

/** The `ctid` of the first row of a table, as a query. */
export const firstRow = (table: string): string => `SELECT ctid FROM ${table} ORDER BY ctid LIMIT 1`;

/**
 * Every change of a cell: another value of its type, nothing, and the value of another row.
 * @param row a query that gives the `ctid` of the row that is changed
 */
export function changesOf({ table, name, type, nullable }: Column, row = firstRow(table)): string[] {
  // A check holds these to a few words: another of them.
  const words: Record<string, string> = {
    'lots.status': `CASE ${name} WHEN 'closed' THEN 'held' ELSE 'closed' END`,
    'incidents.status': `CASE ${name} WHEN 'closed' THEN 'open' ELSE 'closed' END`,
  };
  const at = `(${row})`;
  const second = `SELECT ctid FROM ${table} WHERE ${name} IS DISTINCT FROM (SELECT ${name} FROM ${table} WHERE ctid = ${at} LIMIT 1) ORDER BY ctid LIMIT 1`;
  const value = words[`${table}.${name}`] ?? other[type]?.(name);
  return [
    `UPDATE ${table} SET ${name} = ${value} WHERE ctid = ${at}`,
    ...(nullable && `${table}.${name}` !== MAY_BE_MISSING
      ? [`UPDATE ${table} SET ${name} = NULL WHERE ctid = ${at} AND ${name} IS NOT NULL`]
      : []),
    ...(words[`${table}.${name}`] === undefined && empty[type] !== undefined
      ? [`UPDATE ${table} SET ${name} = ${empty[type]} WHERE ctid = ${at} AND ${name} IS DISTINCT FROM ${empty[type]}`]
      : []),
    `UPDATE ${table} AS t SET ${name} = o.${name} FROM ${table} AS o
      WHERE t.ctid = ${at} AND o.ctid = (${second})`,
  ];
}

/** Matches errors by which the database refuses a statement: such a change is impossible. */
export const refusedByTheDatabase =
  /unique|duplicate|violates|out of (valid )?range|invalid input|cannot|malformed|is not a/i;
