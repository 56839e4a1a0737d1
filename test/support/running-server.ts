import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Overrides, type RunningServer, startServer } from '../../src/server/boot/start.js';
import { type Config, loadConfig } from '../../src/server/config/config.js';
import { JsonLogger } from '../../src/server/boot/logger.js';
import { Guard } from '../../src/server/transparency/guard.js';
import { initKeys } from '../../src/server/transparency/keys.js';
import { type TestDatabase, testDatabase } from './database.js';
import { sharedThreads } from './shared-threads.js';

export interface TestServer {
  url: string;
  config: Config;
  database: TestDatabase;
  server: RunningServer;
  /** Stops this process's service and starts another on the same database and guard, and the same keys if not told others. */
  restart(settings?: Settings): Promise<TestServer>;
  close(): Promise<void>;
}

type Settings = Record<string, string>;

/**
 * Starts a service on a database, keys and guard of its own, on a free port. It runs no jobs unless `ADIT_ROLE` is `all`:
 * workers take twice the CPU of all else that a start takes. @param settings may need the log's key.
 */
export async function startTestServer(
  settings: Settings | ((logKey: string) => Settings) = {},
  overrides: Overrides = {},
): Promise<TestServer> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'adit-server-'));
  const standard = {
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ADIT_ORIGIN: 'example.org/tin',
    ADIT_LOG_KEY_FILE: join(folder, 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    ADIT_SECRET_FILE: join(folder, 'secret.key'),
    ADIT_LOG_LEVEL: 'fatal',
    ADIT_ROLE: 'api',
    ADIT_ACCESS: 'open',
    ADIT_VERIFY_THREADS: '1',
    ADIT_ENTRY_BUNDLES: 'on',
    ADIT_WEBHOOK_PRIVATE_TARGETS: 'on',
    PORT: '0',
  };
  const { origin, ...paths } = loadConfig({ ...standard, ...(typeof settings === 'function' ? {} : settings) });
  const { vkey } = initKeys(paths, origin);
  const config = loadConfig({ ...standard, ...(typeof settings === 'function' ? settings(vkey) : settings) });
  new Guard(config.guardFile, config.origin).create();
  const reconfigure = (changed: Settings): Config => loadConfig({ ...standard, ...changed });
  return running(config, database, overrides, {
    reconfigure,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  });
}

interface Surroundings {
  reconfigure(settings: Settings): Config;
  remove(): void;
}

async function running(
  config: Config,
  database: TestDatabase,
  overrides: Overrides,
  surroundings: Surroundings,
): Promise<TestServer> {
  const server = await startServer(config, {
    logger: new JsonLogger(config.logLevel),
    threads: sharedThreads,
    ...overrides,
  });
  return {
    url: server.url,
    config,
    database,
    server,
    restart: async (settings) => {
      await server.close();
      const next = settings === undefined ? config : surroundings.reconfigure(settings);
      return running(next, database, overrides, surroundings);
    },
    close: async () => {
      await server.close();
      await database.drop();
      surroundings.remove();
    },
  };
}
