import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { migrate } from '../../src/server/database/migrate.js';
import {
  type PreparedDatabase,
  createDatabase,
  prepareDatabase,
  prepareGivenDatabase,
} from '../../src/server/database/prepare.js';
import { migrateQueue } from '../../src/server/queue/prepare-queue.js';
import { TEST_SERVER, type TestServer } from './database.js';
import { bundleService } from './bundle.js';
import { newBundleFolder, newDatabaseFolder, removeAbandonedFolders } from './run-folders.js';
import { BUNDLE } from './programs.js';

/** What global teardown undoes. */
export interface TestRun {
  /** null: the server was given. */
  server: EmbeddedPostgres | null;
  superuserUrl: string;
  template: string;
  folders: string[];
}

/**
 * Starts one server for all suites of a run (or takes the one of DATABASE_URL), with a migrated template database. Our own
 * is not durable: suites that test durability start a durable one of their own.
 */
export default async function setUp(): Promise<void> {
  removeAbandonedFolders();
  const bundle = newBundleFolder();
  const bundled = bundleService(bundle);
  const given = process.env['DATABASE_URL'];
  const run = given === undefined ? await ownServer() : await givenServer(given);
  run.folders.push(bundle);
  process.env[TEST_SERVER] = JSON.stringify(run.handed);
  process.env[BUNDLE] = bundle;
  await bundled;
  Object.assign(globalThis, { aditTestRun: run satisfies TestRun });
}

type Started = TestRun & { handed: TestServer };

/** Starts a server whose database `adit` is the template, after its folder was copied for suites that start their own. */
async function ownServer(): Promise<Started> {
  const dataDir = newDatabaseFolder();
  const prepared = newDatabaseFolder();
  const begun = await startEmbeddedPostgres({ dataDir, durable: false });
  const { ownerUrl } = await prepareDatabase(begun.superuserUrl, loginsIn(dataDir));
  await migrateAll(ownerUrl);
  await begun.stop();
  execFileSync('cp', ['-a', `${dataDir}/.`, prepared]);
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  const { superuserUrl } = server;
  const logins = await prepareDatabase(superuserUrl, loginsIn(dataDir));
  const template = new URL(logins.appUrl).pathname.slice(1);
  const handed = handedOver(logins, { template, superuserUrl, prepared });
  return { server, superuserUrl, template, folders: [dataDir, prepared], handed };
}

async function givenServer(superuserUrl: string): Promise<Started> {
  const logins = await prepareGivenDatabase(superuserUrl, null);
  const template = `adit_template_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await createDatabase(client, template);
  await client.end();
  const ownerUrl = new URL(logins.ownerUrl);
  ownerUrl.pathname = `/${template}`;
  await migrateAll(ownerUrl.href);
  const handed = handedOver(logins, { template, superuserUrl, prepared: null });
  return { server: null, superuserUrl, template, folders: [], handed };
}

async function migrateAll(ownerUrl: string): Promise<void> {
  await migrate(ownerUrl);
  await migrateQueue(ownerUrl);
}

const loginsIn = (dataDir: string): string => join(dataDir, 'logins.json');

const handedOver = (
  { appUrl, ownerUrl }: PreparedDatabase,
  rest: Pick<TestServer, 'template' | 'superuserUrl' | 'prepared'>,
): TestServer => ({ ...rest, url: appUrl, ownerUrl });
