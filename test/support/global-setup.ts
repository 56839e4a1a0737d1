import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/server/database/embedded-postgres.js';
import { migrate } from '../../src/server/database/migrate.js';
import { createDatabase, prepareDatabase, prepareGivenDatabase } from '../../src/server/database/prepare.js';
import { TEST_SERVER, type TestServer } from './database.js';

/** What global teardown undoes. */
export interface TestRun {
  server: EmbeddedPostgres | null;
  folder: string;
  superuserUrl: string;
  template: string;
}

/** One server for all suites of a run (the one of DATABASE_URL if it is set), with a migrated template database. */
export default async function setUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-test-'));
  const given = process.env['DATABASE_URL'];
  const server = given === undefined ? await startEmbeddedPostgres({ dataDir: folder }) : null;
  const superuserUrl = server?.superuserUrl ?? String(given);
  const logins =
    server === null
      ? await prepareGivenDatabase(superuserUrl, null)
      : await prepareDatabase(superuserUrl, join(folder, 'logins.json'));
  const template = `adit_template_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await createDatabase(client, template);
  await client.end();
  const ownerUrl = new URL(logins.ownerUrl);
  ownerUrl.pathname = `/${template}`;
  await migrate(ownerUrl.href);
  const handed: TestServer = { template, url: logins.appUrl, ownerUrl: logins.ownerUrl, superuserUrl };
  process.env[TEST_SERVER] = JSON.stringify(handed);
  const run: TestRun = { server, folder, superuserUrl, template };
  Object.assign(globalThis, { aditTestRun: run });
}
