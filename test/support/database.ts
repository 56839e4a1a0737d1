import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of one suite, already migrated. */
export interface TestDatabase {
  /** As the application connects. */
  url: string;
  ownerUrl: string;
  superuserUrl: string;
  drop(): Promise<void>;
}

/** What global setup hands over by the environment, since Jest runs it in another context. */
export const TEST_SERVER = 'ADIT_TEST_SERVER';

export interface TestServer {
  template: string;
  url: string;
  ownerUrl: string;
  superuserUrl: string;
}

const onDatabase = (url: string, name: string): string => {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
};

/** A fresh copy of the migrated template. Call `drop` when the suite ends. */
export async function testDatabase(): Promise<TestDatabase> {
  const given = process.env[TEST_SERVER];
  if (given === undefined) throw new Error('no test server: global setup has not run');
  const server = JSON.parse(given) as TestServer;
  const name = `adit_test_${randomBytes(8).toString('hex')}`;
  await asSuperuser(server.superuserUrl, `CREATE DATABASE ${name} TEMPLATE ${server.template} OWNER ledger_owner`);
  return {
    url: onDatabase(server.url, name),
    ownerUrl: onDatabase(server.ownerUrl, name),
    superuserUrl: onDatabase(server.superuserUrl, name),
    drop: () => asSuperuser(server.superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
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
