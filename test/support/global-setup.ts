import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { migrate } from '../../src/server/database/migrate.js';
import { createDatabase, prepareDatabase, prepareGivenDatabase } from '../../src/server/database/prepare.js';
import { migrateQueue } from '../../src/server/queue/prepare-queue.js';
import { TEST_SERVER, type TestServer } from './database.js';
import { bundleService } from './bundle.js';
import { newBundleFolder, newDatabaseFolder, removeAbandonedFolders } from './run-folders.js';
import { BUNDLE } from './programs.js';

/** What global teardown undoes. */
export interface TestRun {
  server: EmbeddedPostgres | null;
  folder: string;
  superuserUrl: string;
  template: string;
  bundle: string;
}

/**
 * Starts one server for all suites of a run (or takes the one of DATABASE_URL), with a migrated template database. Our own
 * is not durable: suites that test durability start a durable one of their own.
 */
export default async function setUp(): Promise<void> {
  removeAbandonedFolders();
  const folder = newDatabaseFolder();
  const bundle = newBundleFolder();
  const bundled = bundleService(bundle);
  const given = process.env['DATABASE_URL'];
  const server = given === undefined ? await startEmbeddedPostgres({ dataDir: folder, durable: false }) : null;
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
  await migrateQueue(ownerUrl.href);
  const handed: TestServer = { template, url: logins.appUrl, ownerUrl: logins.ownerUrl, superuserUrl };
  process.env[TEST_SERVER] = JSON.stringify(handed);
  process.env[BUNDLE] = bundle;
  await bundled;
  const run: TestRun = { server, folder, superuserUrl, template, bundle };
  Object.assign(globalThis, { aditTestRun: run });
}
