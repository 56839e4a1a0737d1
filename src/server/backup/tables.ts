import pg from 'pg';
import { MIGRATIONS_TABLE } from '../database/data-source.js';
import { OWNER_ROLE } from '../database/prepare.js';

/**
 * Tables that a backup leaves out: the migrations of this database, the erasures pending in its files, and proofs that
 * were used in the last minutes. The queue has its own schema.
 */
const LEFT_OUT = [MIGRATIONS_TABLE, 'sweeps', 'spent_proofs'];
const CONNECT_TIMEOUT = 15_000;

/** Runs `work` on a connection of the tables' owner; rolls back what is not committed. */
export async function withOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: ownerUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'adit backup',
    options: `-c role=${OWNER_ROLE} -c timezone=UTC -c datestyle=ISO -c extra_float_digits=3`,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Returns the tables of a backup, referenced ones first. */
export async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL($1)
      ORDER BY relname`,
    [LEFT_OUT],
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `SELECT a.relname AS from, b.relname AS to
       FROM pg_constraint AS c JOIN pg_class AS a ON a.oid = c.conrelid JOIN pg_class AS b ON b.oid = c.confrelid
      WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conrelid <> c.confrelid`,
  );
  const ordered: string[] = [];
  const add = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const { from, to } of references) if (from === name) add(to);
    ordered.push(name);
  };
  for (const { name } of tables) add(name);
  return ordered;
}

/** Returns the last value of each sequence. */
export async function sequencesOf(client: pg.Client): Promise<{ name: string; last: string }[]> {
  const { rows } = await client.query<{ name: string; last: string }>(
    `SELECT sequencename::text AS name, last_value::text AS last FROM pg_sequences
      WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY sequencename`,
  );
  return rows;
}

/** Returns the primary key and the writable columns of a table. */
export async function columnsOf(client: pg.Client, table: string): Promise<{ key: string[]; all: string[] }> {
  const { rows } = await client.query<{ name: string; key: boolean }>(
    `SELECT a.attname AS name, COALESCE(a.attnum = ANY(i.indkey), false) AS key
       FROM pg_attribute AS a LEFT JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indisprimary
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY a.attnum`,
    [table],
  );
  return { key: rows.filter(({ key }) => key).map(({ name }) => name), all: rows.map(({ name }) => name) };
}
