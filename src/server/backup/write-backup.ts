import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { encodeBase64 } from '../../core/log/base64.js';
import { MIGRATIONS_TABLE } from '../database/data-source.js';
import { BackupError } from './backup-error.js';
import { type BackupHeader, type BackupKeys, FORMAT, rowLine } from './backup-format.js';
import { type CheckedBackup, checkBackup } from './read-backup.js';
import { sequencesOf, tablesOf, withOwner } from './tables.js';

/** Rows fetched at once; with the longest events some dozens of megabytes. */
const FETCH = 200;

export interface BackupOptions {
  ownerUrl: string;
  origin: string;
  vkeys: readonly string[];
  keys: BackupKeys;
  file: string;
  /** Reports progress while rows are written, then while they are checked. */
  pace?: (what: 'writing' | 'checking', done: number, size: number) => void;
}

/**
 * Writes a backup of one snapshot of the ledger, while the ledger runs; then reads and checks the file and renames it.
 * So a file of that name is always complete. Memory does not grow with the ledger. Throws `BackupError`: `exists` if
 * there is a file of that name, `broken` if the entries are not those signed.
 */
export async function writeBackup({ ownerUrl, file, keys, pace, ...ledger }: BackupOptions): Promise<CheckedBackup> {
  if (existsSync(file))
    throw new BackupError('exists', `There is a file ${file} already; it is not replaced.`, 'Name another file.');
  const draft = `${file}.part`;
  rmSync(draft, { force: true });
  try {
    await withOwner(ownerUrl, async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const header = await headerOf(client, ledger.origin, keys);
      const lines = Readable.from(linesOf(client, header, keys, (done, size) => pace?.('writing', done, size)));
      await pipeline(lines, createGzip({ level: 6 }), createWriteStream(draft, { mode: 0o600, flags: 'wx' }));
    });
    const checked = await checkBackup(draft, keys, { ...ledger, pace: (done, size) => pace?.('checking', done, size) });
    publish(draft, file);
    return checked;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renames the draft durably, and never over another file. */
function publish(draft: string, file: string): void {
  synced(draft);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new BackupError('exists', `There is a file ${file} already; it is not replaced.`, 'Name another file.');
  }
  if (process.platform !== 'win32') synced(dirname(file));
}

function synced(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

async function headerOf(client: pg.Client, origin: string, keys: BackupKeys): Promise<BackupHeader> {
  const { rows: state } = await client.query<{ size: string; root: Buffer }>('SELECT size, root FROM log_state');
  const { rows: signed } = await client.query<{ size: string; note: string }>(
    'SELECT size, note FROM checkpoints WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1',
  );
  const { rows: migrations } = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`);
  const [head] = state;
  if (head === undefined)
    throw new BackupError('broken', 'The row that holds the state of the log is missing.', 'Run "adit audit".');
  return {
    format: FORMAT,
    secret: keys.fingerprint,
    origin,
    createdAt: new Date().toISOString(),
    size: Number(head.size),
    root: encodeBase64(new Uint8Array(head.root)),
    checkpoint: signed[0] === undefined ? null : { size: Number(signed[0].size), note: signed[0].note },
    migrations: migrations.map(({ name }) => name),
    tables: await tablesOf(client),
    sequences: await sequencesOf(client),
  };
}

async function* linesOf(
  client: pg.Client,
  header: BackupHeader,
  keys: BackupKeys,
  pace: (done: number, size: number) => void,
): AsyncGenerator<string> {
  const authenticator = keys.authenticator();
  const line = (text: string): string => {
    authenticator.add(text);
    return `${text}\n`;
  };
  yield line(JSON.stringify(header));
  const counts: Record<string, number> = {};
  for (const table of header.tables) {
    let count = 0;
    for await (const rows of rowsOf(client, table)) {
      yield rows.map((row) => line(rowLine(table, table === 'disclosure_keys' ? wrapped(row, keys) : row))).join('');
      count += rows.length;
      if (table === 'entries') pace(count, header.size);
    }
    counts[table] = count;
  }
  yield `${JSON.stringify({ end: counts, mac: authenticator.digest() })}\n`;
}

/** Returns the rows of a table as JSON of PostgreSQL; those of the log in its order. */
async function* rowsOf(client: pg.Client, table: string): AsyncGenerator<string[]> {
  const order = table === 'entries' ? 'ORDER BY index' : '';
  await client.query(
    `DECLARE backup NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS row FROM (SELECT * FROM ${table} ${order}) AS t`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${FETCH} FROM backup`);
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await client.query('CLOSE backup');
}

interface KeyRow {
  event: string;
  digest: string;
  key: string;
}

function wrapped(row: string, keys: BackupKeys): string {
  const { event, digest, key } = JSON.parse(row) as KeyRow;
  return JSON.stringify({ event, digest, key: keys.wrap(key, `${event}/${digest}`) });
}

/** Returns a row with its disclosure's key decrypted. Throws if it was wrapped under another secret. */
export function unwrapped(row: string, keys: BackupKeys): string {
  const { event, digest, key } = JSON.parse(row) as KeyRow;
  return JSON.stringify({ event, digest, key: keys.unwrap(key, `${event}/${digest}`) });
}
