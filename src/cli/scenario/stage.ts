import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AditClient } from '../../client/adit-client.js';
import type { Config, DatabaseAddress, RunningServer, SimulatedClock } from '../../server/operator.js';
import { operator } from '../operator.js';

/** A ledger that lives as long as a scenario, on an embedded database of its own, by a clock that the scenario drives. */
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

/** Opens a stage on a database that has all tables and nothing in them, and that stays when the stage closes. */
export async function openStageOn(database: DatabaseAddress, origin: string, startsAt: number): Promise<Stage> {
  return inFolder(async (folder, removeFolder) => {
    const stage = await setStage(folder, { origin, startsAt, database });
    return { ...stage, close: () => stage.close().then(removeFolder) };
  });
}

/** Stages one after the other, on one embedded server that is set up once. */
export interface Stages {
  next(this: void, origin: string, startsAt: number): Promise<Stage>;
  close(): Promise<void>;
}

export async function openStages(): Promise<Stages> {
  const { ThrowAwayDatabases, loadConfig } = await operator();
  return inFolder(async (folder, removeFolder) => {
    const databases = await ThrowAwayDatabases.open(loadConfig({ ADIT_DATA_DIR: join(folder, 'data') }));
    const next = async (origin: string, startsAt: number): Promise<Stage> => {
      const database = await databases.next();
      const stage = await openStageOn(database, origin, startsAt);
      return { ...stage, close: () => stage.close().then(() => database.stop()) };
    };
    return { next, close: () => databases.close().then(removeFolder) };
  });
}

interface Setting {
  origin: string;
  startsAt: number;
  settings?: Record<string, string>;
  /** Default: one of its own, in the folder. */
  database?: DatabaseAddress;
}

/** Everything of the ledger lies in the folder, but for a database that is given. */
async function setStage(folder: string, { origin, startsAt, settings, database }: Setting): Promise<Stage> {
  const { JsonLogger, SimulatedClock: Clock, initialise, loadConfig, openDatabase, startServer } = await operator();
  const config = loadConfig({
    ADIT_ORIGIN: origin,
    ADIT_DATA_DIR: join(folder, 'data'),
    ADIT_LOG_KEY_FILE: join(folder, 'keys', 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'keys', 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    // What a scenario does to a ledger on purpose is in its findings; as log lines it would be noise between them.
    ADIT_LOG_LEVEL: 'fatal',
    ADIT_VERIFY_THREADS: '1',
    PORT: String(await freePort()),
    ...settings,
  });
  const clock = new Clock(startsAt);
  initialise(config);
  const logger = new JsonLogger(config.logLevel);
  const own = database === undefined ? await openDatabase(config, () => undefined, false) : null;
  try {
    const server = await startServer(config, { clock, logger, database: database ?? own ?? undefined });
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

/** Makes a folder for what is opened; it is removed by what closes that, and if it cannot be opened. */
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

/** Alerts link to where the ledger is, so that is settled before it starts. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
