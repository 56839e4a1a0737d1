import type { Queryable } from '../../src/server/database/rows.js';

/** Changes that a person with all rights on the database can make, generated from its catalogue. */

interface Column {
  name: string;
  type: string;
  nullable: boolean;
  /** Whether the database gives its values, so that a change of one takes a new row. */
  generated: boolean;
  /** The values that a check allows; empty: any of its type. */
  words: string[];
}

export interface Table {
  name: string;
  columns: Column[];
  /** Columns of its primary key, and of every unique index. */
  key: string[];
  unique: string[];
}

/** A row as text, by column, and its place. */
export interface StoredRow {
  ctid: string;
  cells: Record<string, string | null>;
}

/** One change of one row, and the columns that it changes; `column` null: the row is deleted or added. */
export interface Tampering {
  table: string;
  column: string | null;
  kind: string;
  /** Gives the rows that it changed or added, with their cells as text. */
  sql: string;
  row: StoredRow;
}

/** A row as text by column, in SQL. */
const CELLS = '(SELECT json_object_agg(cell.key, cell.value) FROM json_each_text(to_json(t)) AS cell)';

/** Every table of the schema, as the catalogue has it. */
export async function tablesOf(db: Queryable): Promise<Table[]> {
  const { rows } = await db.query<Table>(
    `SELECT c.relname AS name,
            (SELECT json_agg(json_build_object(
                      'name', a.attname, 'type', format_type(a.atttypid, NULL), 'nullable', NOT a.attnotnull,
                      'generated', a.attidentity = 'a',
                      'words', COALESCE((SELECT json_agg(word[1]) FROM pg_constraint AS k,
                                               regexp_matches(pg_get_constraintdef(k.oid), '''([^'']*)''::text', 'g') AS word
                                          WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]), '[]'))
                    ORDER BY a.attnum)
               FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
            (SELECT json_agg(a.attname ORDER BY array_position(i.indkey::smallint[], a.attnum))
               FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
              WHERE i.indrelid = c.oid AND i.indisprimary) AS key,
            (SELECT json_agg(DISTINCT a.attname) FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
              WHERE i.indrelid = c.oid AND i.indisunique) AS unique
       FROM pg_class AS c
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname`,
  );
  return rows;
}

/** How an audit names a row: the note of a decision is numbered among all, and named by its number alone. */
export function keyOf({ name: table, key }: Table, cells: StoredRow['cells']): string {
  const named = table === 'alert_changes' ? ['number'] : key;
  return named.map((column) => `${column}=${cells[column] ?? ''}`).join(', ');
}

/** The rows of a table, up to a limit, in the order in which they lie. */
export async function rowsOf(db: Queryable, { name }: Table, limit = 12): Promise<StoredRow[]> {
  const { rows } = await db.query<StoredRow>(
    `SELECT tableoid::regclass || ' ' || ctid AS ctid,
            ${CELLS} AS cells
       FROM public.${name} AS t ORDER BY tableoid, ctid LIMIT ${limit}`,
  );
  return rows;
}

const other: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `COALESCE(${column}, '') || 'x'`,
  'character varying': (column) => `COALESCE(${column}, '') || 'x'`,
  bigint: (column) => `COALESCE(${column}, 0) + 1`,
  integer: (column) => `COALESCE(${column}, 0) + 1`,
  smallint: (column) => `COALESCE(${column}, 0) + 1`,
  numeric: (column) => `COALESCE(${column}, 0) + 1`,
  boolean: (column) => `NOT ${column}`,
  uuid: () => "'00000000-0000-8000-8000-000000000000'",
  jsonb: () => `'{"x":1}'`,
  bytea: (column) =>
    `CASE WHEN octet_length(${column}) > 0 THEN set_byte(${column}, 0, (get_byte(${column}, 0) + 1) % 256) ELSE '\\x01' END`,
  'timestamp with time zone': (column) => `COALESCE(${column}, now()) + interval '30 days'`,
  xid8: () => "'3'",
  'text[]': (column) => `${column} || '{x}'`,
  'uuid[]': (column) => `${column} || '{00000000-0000-8000-8000-000000000000}'`,
};
const empty: Readonly<Record<string, string>> = {
  text: "''",
  'text[]': "'{}'",
  'uuid[]': "'{}'",
  jsonb: "'{}'",
  bytea: "''",
  numeric: '0',
  bigint: '0',
  integer: '0',
};

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A value that no other row has, for the copy of a row. */
function anew(type: string, column: string): string {
  if (type === 'uuid') return 'gen_random_uuid()';
  return ['bigint', 'integer'].includes(type) ? `${column} + 1000` : (other[type]?.(column) ?? 'NULL');
}

const KINDS = ['other', 'null', 'empty', 'swapped'] as const;

/** What a cell can be made: another value of its type, nothing, an empty value, the value of another row. */
function valuesFor(
  { name, type, nullable, words }: Column,
  row: StoredRow,
  rows: readonly StoredRow[],
): Partial<Record<(typeof KINDS)[number], string>> {
  const now = row.cells[name] ?? null;
  const different = other[type];
  if (different === undefined) throw new Error(`No change is known for the type ${type} of ${name}.`);
  const swapped = rows.map(({ cells }) => cells[name] ?? null).find((value) => value !== null && value !== now);
  const word = words.find((one) => one !== now);
  return {
    other: word === undefined ? different(`t.${name}`) : literal(word),
    ...(nullable && now !== null ? { null: 'NULL' } : {}),
    ...(words.length === 0 && empty[type] !== undefined ? { empty: empty[type] } : {}),
    ...(swapped === undefined || swapped === null || type.endsWith('[]') ? {} : { swapped: literal(swapped) }),
  };
}

const at = ({ ctid }: StoredRow): string => {
  const [part = '', place = ''] = ctid.split(' ');
  return `ONLY public.${part} AS t WHERE t.ctid = '${place}'`;
};

/** A new row from the columns of a row `t`, with other values in some. */
const writtenAnew = (table: string, values: string, from: string): string =>
  `INSERT INTO public.${table} AS t OVERRIDING SYSTEM VALUE
   SELECT (jsonb_populate_record(NULL::public.${table}, to_jsonb(t) || jsonb_build_object(${values}))).* FROM ${from}
   RETURNING ${CELLS} AS cells`;

function cellChange(table: string, { name, type, generated }: Column, value: string, row: StoredRow): string {
  if (generated)
    return `WITH gone AS (DELETE FROM ${at(row)} RETURNING t.*) ${writtenAnew(table, `'${name}', (${value})::${type}`, 'gone AS t')}`;
  const [target, place] = at(row).split(' WHERE ');
  const differs = `t.${name} IS DISTINCT FROM (${value})::${type}`;
  return `UPDATE ${target} SET ${name} = (${value})::${type} WHERE ${place} AND ${differs} RETURNING ${CELLS} AS cells`;
}

/**
 * Every change of the cells of a table, each of another row as far as there are rows.
 * @param rows of the table
 */
export function cellChanges({ name: table, columns }: Table, rows: readonly StoredRow[]): Tampering[] {
  const changes: Tampering[] = [];
  // The column that holds a table to one row has one value only.
  for (const column of columns.filter(({ name }) => name !== 'single'))
    for (const kind of KINDS) {
      const inTurn = rows.map((_, i) => rows[(changes.length + i) % rows.length] as StoredRow);
      for (const row of inTurn) {
        const value = valuesFor(column, row, rows)[kind];
        if (value === undefined) continue;
        changes.push({ table, column: column.name, kind, sql: cellChange(table, column, value, row), row });
        break;
      }
    }
  return [...changes, ...columns.flatMap((column) => wordChanges(table, column, rows))];
}

/** Changes each value of a column that has a list of words into each other word of the list. */
function wordChanges(table: string, column: Column, rows: readonly StoredRow[]): Tampering[] {
  const rowOf = new Map(rows.toReversed().map((row) => [row.cells[column.name] ?? null, row]));
  return [...rowOf].flatMap(([now, row]) =>
    column.words
      .filter((word) => word !== now)
      .map((word) => ({
        table,
        column: column.name,
        kind: `${now ?? 'null'} to ${word}`,
        sql: cellChange(table, column, literal(word), row),
        row,
      })),
  );
}

/** The first row is deleted, the middle one, the last one, and all; and a copy of one is added under another key. */
export function rowChanges({ name: table, columns, key, unique }: Table, rows: readonly StoredRow[]): Tampering[] {
  const places = [...new Set([0, Math.floor(rows.length / 2), rows.length - 1])];
  const deleted = places.flatMap((place): Tampering[] => {
    const row = rows[place];
    if (row === undefined) return [];
    return [{ table, column: null, kind: 'deleted', sql: `DELETE FROM ${at(row)} RETURNING ${CELLS} AS cells`, row }];
  });
  const [row] = rows;
  if (row === undefined || key.includes('single')) return deleted;
  const emptied = {
    table,
    column: null,
    kind: 'emptied',
    sql: `DELETE FROM public.${table} AS t RETURNING ${CELLS} AS cells`,
    row,
  };
  const typeOf = (name: string): string => columns.find((column) => column.name === name)?.type ?? '';
  const renamed = [...new Set([...key, ...unique])].map((name) => `'${name}', ${anew(typeOf(name), `t.${name}`)}`);
  const copied = { table, column: null, kind: 'copied', sql: writtenAnew(table, renamed.join(', '), at(row)), row };
  return [...deleted, emptied, copied];
}
