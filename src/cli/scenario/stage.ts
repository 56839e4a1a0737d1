import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AditClient } from '../../client/adit-client.js';
import type { Config, DatabaseAddress, Overrides, RunningServer, SimulatedClock } from '../../server/operator.js';
import { operator } from '../operator.js';

/** A ledger for one scenario, on an embedded database, with a clock that the scenario sets. */
export interface Stage {
  server: RunningServer;
  client: AditClient;
  clock: SimulatedClock;
  config: Config;
  close(): Promise<void>;
}

/** @param settings of the environment to add or replace. */
export async function openStage(
  origin: string,
  startsAt: number,
  settings: Record<string, string> = {},
): Promise<Stage> {
  return inFolder(async (folder, removeFolder) => {
    const stage = await setStage(folder, { origin, startsAt, settings });
    return { ...stage, close: () => stage.close().then(removeFolder) };
  });
}

/** Opens a stage on an empty database with all tables; closing the stage leaves the database, and threads that are given. */
export async function openStageOn(
  database: DatabaseAddress,
  origin: string,
  startsAt: number,
  threads?: Overrides['threads'],
): Promise<Stage> {
  return inFolder(async (folder, removeFolder) => {
    const stage = await setStage(folder, { origin, startsAt, database, threads });
    return { ...stage, close: () => stage.close().then(removeFolder) };
  });
}

/** Opens stages one after the other on one embedded server. */
export interface Stages {
  next(this: void, origin: string, startsAt: number): Promise<Stage>;
  close(): Promise<void>;
}

export async function openStages(): Promise<Stages> {
  const { SharedThreads, ThrowAwayDatabases, loadConfig } = await operator();
  return inFolder(async (folder, removeFolder) => {
    const databases = await ThrowAwayDatabases.open(loadConfig({ ADIT_DATA_DIR: join(folder, 'data') }));
    const threads = new SharedThreads();
    const next = async (origin: string, startsAt: number): Promise<Stage> => {
      const database = await databases.next();
      const stage = await openStageOn(database, origin, startsAt, threads);
      return { ...stage, close: () => stage.close().then(() => database.stop()) };
    };
    const close = async (): Promise<void> => {
      await Promise.all([threads.close(), databases.close()]);
      removeFolder();
    };
    return { next, close };
  });
}

interface Setting {
  origin: string;
  startsAt: number;
  settings?: Record<string, string>;
  /** Default: an embedded one in the folder. */
  database?: DatabaseAddress;
  threads?: Overrides['threads'];
}

/** Starts the ledger with all files in the folder, except for a given database. */
async function setStage(folder: string, { origin, startsAt, settings, database, threads }: Setting): Promise<Stage> {
  const { JsonLogger, SimulatedClock: Clock, initialise, loadConfig, openDatabase, startServer } = await operator();
  const config = loadConfig({
    ADIT_ORIGIN: origin,
    ADIT_DATA_DIR: join(folder, 'data'),
    ADIT_LOG_KEY_FILE: join(folder, 'keys', 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'keys', 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    // The ledger is thrown away when its scenario ends; no other program knows its port.
    ADIT_ACCESS: 'open',
    // A scenario causes faults on purpose; its findings report them, so the log omits them.
    ADIT_LOG_LEVEL: 'fatal',
    ADIT_VERIFY_THREADS: '1',
    PORT: String(await freePort()),
    ...settings,
  });
  const clock = new Clock(startsAt);
  initialise(config);
  const logger = new JsonLogger(config.logLevel);
  const own = database === undefined ? await openDatabase(config, () => undefined, { durable: false }) : null;
  try {
    const server = await startServer(config, { clock, logger, threads, database: database ?? own ?? undefined });
    const close = async (): Promise<void> => {
      await server.close();
      await own?.stop();
    };
    return { server, client: new AditClient(server.url), clock, config, close };
  } catch (error) {
    await own?.stop();
    throw error;
  }
}

/** Creates a temporary folder; closing removes it, and so does a failure to open. */
async function inFolder<T>(open: (folder: string, removeFolder: () => void) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    return await open(folder, removeFolder);
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** The port is chosen before the start, because alerts contain the ledger's URL. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
