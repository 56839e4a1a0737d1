import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Config } from '../config/config.js';
import { DataFolderHeldError } from '../../platform/postgres/data-folder-lock.js';
import { pendingMigrations } from '../database/migrate.js';
import { type PreparedDatabase, preparedLogins } from '../database/prepare.js';
import { type DatabaseAddress, PASSWORDS_FILE, openDatabase } from './start.js';

/** Time limit until the database of a starting service answers, ms. */
const PATIENCE = 30_000;
const CONNECT_TIMEOUT = 5_000;

/** The running service has not made the migrations that this program needs. */
class OlderServiceError extends Error {
  override readonly name = 'OlderServiceError';
}

/**
 * Opens the configured database for a command that reads. If another process of Adit, such as `adit serve`, runs the
 * embedded PostgreSQL of the data folder, the command connects to that server and leaves it running. Throws
 * `DataFolderHeldError` if the folder is locked and no database answers.
 */
export async function joinDatabase(config: Config, log: (message: string) => void): Promise<DatabaseAddress> {
  try {
    return await openDatabase(config, log);
  } catch (error) {
    if (!(error instanceof DataFolderHeldError)) throw error;
    const { appUrl, ownerUrl } = await runningDatabase(config, error);
    if ((await pendingMigrations(ownerUrl)).length > 0)
      throw new OlderServiceError(
        `The service that runs in ${config.dataDir} is of an older release than this program.`,
        {
          cause: error,
        },
      );
    log(`Working beside process ${error.pid}, which runs the database in ${config.dataDir}`);
    return { appUrl, ownerUrl, superuserUrl: null, stop: () => Promise.resolve() };
  }
}

/** Returns the logins of the server that runs in the data folder, once it answers. */
async function runningDatabase({ dataDir }: Config, held: DataFolderHeldError): Promise<PreparedDatabase> {
  for (const end = Date.now() + PATIENCE; ; await sleep(200)) {
    const port = Number(await readFile(join(dataDir, 'port'), 'utf8').catch(() => '0'));
    const logins = port > 0 ? await preparedLogins(port, join(dataDir, PASSWORDS_FILE)) : null;
    if (logins !== null && (await answers(logins.ownerUrl))) return logins;
    if (Date.now() > end) throw held;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
