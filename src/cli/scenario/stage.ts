import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AditClient } from '../../client/adit-client.js';
import type { Config, RunningServer, SimulatedClock } from '../../server/operator.js';
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
  const { JsonLogger, SimulatedClock: Clock, initialise, loadConfig, startServer } = await operator();
  const folder = mkdtempSync(join(tmpdir(), 'adit-'));
  const config = loadConfig({
    ADIT_ORIGIN: origin,
    ADIT_DATA_DIR: join(folder, 'data'),
    ADIT_LOG_KEY_FILE: join(folder, 'keys', 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'keys', 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    ADIT_LOG_LEVEL: 'error',
    ADIT_VERIFY_THREADS: '1',
    PORT: String(await freePort()),
    ...settings,
  });
  const clock = new Clock(startsAt);
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    initialise(config);
    const server = await startServer(config, { clock, logger: new JsonLogger(config.logLevel) });
    const close = async (): Promise<void> => {
      await server.close();
      removeFolder();
    };
    return { server, client: new AditClient(server.url), clock, config, close };
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
