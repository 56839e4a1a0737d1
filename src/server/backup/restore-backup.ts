import type pg from 'pg';
import { migrate, migrateOnly } from '../database/migrate.js';
import { BackupError } from './backup-error.js';
import type { BackupHeader, BackupKeys } from './backup-format.js';
import { ReadBackup } from './read-backup.js';
import { columnsOf, withOwner } from './tables.js';
import { unwrapped } from './write-backup.js';

/** Rows, and characters of JSON, that one statement inserts at most. */
const ROWS = 500;
const CHARACTERS = 4 * 1024 * 1024;

/** Tables that must be empty before a restore: those with data of clients. */
const OCCUPYING = ['entries', 'waiting', 'disclosures', 'subscriptions', 'refusals'] as const;

export interface RestoreOptions {
  ownerUrl: string;
  file: string;
  keys: BackupKeys;
  pace?: (done: number, size: number) => void;
}

/**
 * Writes a checked backup into an empty database in one transaction, so an interrupted restore leaves it empty.
 * Migrates a backup of an older release. Signs nothing. Throws `BackupError` `occupied` if the database is not empty.
 */
export async function restoreBackup({ ownerUrl, file, keys, pace }: RestoreOptions): Promise<void> {
  const { header } = await ReadBackup.open(file, keys);
  await migrateOnly(ownerUrl, header.migrations);
  await withOwner(ownerUrl, async (client) => {
    await client.query('BEGIN');
    await requireEmpty(client);
    await insertAll(client, await ReadBackup.open(file, keys), keys, pace);
    for (const { name, last } of header.sequences)
      await client.query('SELECT setval($1::regclass, $2::bigint)', [name, last]);
    await client.query('COMMIT');
  });
  await migrate(ownerUrl);
}

async function requireEmpty(client: pg.Client): Promise<void> {
  for (const table of OCCUPYING) {
    const { rows } = await client.query(`SELECT FROM ${table} LIMIT 1`);
    if (rows.length > 0)
      throw new BackupError(
        'occupied',
        `The database is not empty: it has rows in ${table}.`,
        'Restore into an empty one: set ADIT_DATA_DIR to a new folder, or DATABASE_URL to a new database.',
      );
  }
}

async function insertAll(
  client: pg.Client,
  backup: ReadBackup,
  keys: BackupKeys,
  pace: ((done: number, size: number) => void) | undefined,
): Promise<void> {
  const { size }: BackupHeader = backup.header;
  let table = '';
  let insert: (rows: readonly string[]) => Promise<void> = () => Promise.resolve();
  let rows: string[] = [];
  let characters = 0;
  let entries = 0;
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await insert(rows);
    if (table === 'entries') pace?.((entries += rows.length), size);
    rows = [];
    characters = 0;
  };
  for await (const row of backup.rows()) {
    if (row.table !== table) {
      await flush();
      ({ table } = row);
      insert = await inserting(client, table);
    }
    const json = table === 'disclosure_keys' ? unwrapped(row.json, keys) : row.json;
    rows.push(json);
    characters += json.length;
    if (rows.length === ROWS || characters > CHARACTERS) await flush();
  }
  await flush();
}

/** Inserts rows of one table; replaces rows that a new database has, such as the state of an empty log. */
async function inserting(client: pg.Client, table: string): Promise<(rows: readonly string[]) => Promise<void>> {
  const { key, all } = await columnsOf(client, table);
  const { rows: present } = await client.query(`SELECT FROM ${table} LIMIT 1`);
  const others = all.filter((column) => !key.includes(column)).map((column) => `${column} = EXCLUDED.${column}`);
  const over =
    present.length === 0
      ? ''
      : `ON CONFLICT (${key.join(', ')}) DO ${others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.join(', ')}`}`;
  const names = all.join(', ');
  const sql = `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE
               SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1) ${over}`;
  return async (rows) => {
    await client.query(sql, [`[${rows.join(',')}]`]);
  };
}
