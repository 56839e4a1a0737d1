import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import pg from 'pg';

/** A database of one suite, already migrated. */
export interface TestDatabase {
  /** As the application connects. */
  url: string;
  ownerUrl: string;
  superuserUrl: string;
  drop: () => Promise<void>;
}

/** What global setup hands over by the environment, since Jest runs it in another context. */
export const TEST_SERVER = 'ADIT_TEST_SERVER';

export interface TestServer {
  template: string;
  url: string;
  ownerUrl: string;
  superuserUrl: string;
  /** Data folder of a stopped server whose database `adit` is migrated; null where the server was given. */
  prepared: string | null;
}

const onDatabase = (url: string, name: string): string => {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
};

/** Returns the statement that copies a database, file by file: writing every page to the log takes nine times the CPU. */
export const copyOf = (template: string, name: string): string =>
  `CREATE DATABASE ${name} TEMPLATE ${template} OWNER ledger_owner STRATEGY FILE_COPY`;

function testServer(): TestServer {
  const given = process.env[TEST_SERVER];
  if (given === undefined) throw new Error('no test server: global setup has not run');
  return JSON.parse(given) as TestServer;
}

/**
 * Makes `dataDir` the data folder of an embedded PostgreSQL that is initialised and migrated, which a suite starts in a
 * third of the time of a new one. Leaves the folder as it is where the run has no such folder.
 */
export function copyPreparedServer(dataDir: string): void {
  const { prepared } = testServer();
  if (prepared === null) return;
  mkdirSync(dataDir, { recursive: true });
  execFileSync('cp', ['-a', `${prepared}/.`, dataDir]);
}

/** A fresh copy of the migrated template. Call `drop` when the suite ends. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = testServer();
  const name = `adit_test_${randomBytes(8).toString('hex')}`;
  await asSuperuser(server.superuserUrl, copyOf(server.template, name));
  return {
    url: onDatabase(server.url, name),
    ownerUrl: onDatabase(server.ownerUrl, name),
    superuserUrl: onDatabase(server.superuserUrl, name),
    drop: () => dropUnused(server.superuserUrl, name),
  };
}

/** How often it is looked whether everybody has left, 10 ms apart, before they are thrown out. */
const LOOKS = 200;

/** Drops a database once those who close their connections have closed them: one that is cut off says so as an error. */
async function dropUnused(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const inUse = async (): Promise<boolean> =>
      (await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name])).rows.length > 0;
    for (let look = 0; look < LOOKS && (await inUse()); look += 1) await new Promise((done) => setTimeout(done, 10));
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

export async function asSuperuser(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
