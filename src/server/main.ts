import { fileURLToPath } from 'node:url';
import { type Config, ConfigError, loadConfig } from './config/config.js';
import { DatabaseUnavailableError } from './database/patiently.js';
import { PooledConnectionError } from './database/require-session.js';
import { boundGarbage } from './boot/bound-garbage.js';
import { JsonLogger } from './boot/logger.js';
import { startServer, stopOnSignals } from './boot/start.js';

/** Starts the service in the configured role and runs it until a signal stops it. */
export async function run(role?: Config['role']): Promise<void> {
  try {
    const config = loadConfig(undefined, role === undefined ? {} : { ADIT_ROLE: role });
    boundGarbage(config);
    const logger = new JsonLogger(config.logLevel);
    const server = await startServer(config, { logger });
    stopOnSignals(server, logger);
    logger.log({ msg: 'listening', url: server.url, role: config.role }, 'start');
  } catch (error) {
    const isExplained = [ConfigError, DatabaseUnavailableError, PooledConnectionError].some(
      (kind) => error instanceof kind,
    );
    if (isExplained && error instanceof Error) process.stderr.write(`${error.message}\n`);
    else new JsonLogger('error').fatal({ msg: 'the service could not start', err: error }, 'start');
    process.exitCode = 1;
  }
}

/** True if node runs this file and did not import it. */
if (process.argv[1] === fileURLToPath(import.meta.url)) await run();
