import { fileURLToPath } from 'node:url';
import { type Config, ConfigError, loadConfig } from './config.js';
import { DatabaseUnavailableError } from './database/patiently.js';
import { JsonLogger } from './logger.js';
import { startServer, stopOnSignals } from './start.js';

/** Starts the service in the role that the configuration names, until a signal stops it. */
export async function run(role?: Config['role']): Promise<void> {
  try {
    const config = loadConfig(undefined, role === undefined ? {} : { ADIT_ROLE: role });
    const logger = new JsonLogger(config.logLevel);
    const server = await startServer(config, { logger });
    stopOnSignals(server, logger);
    logger.log({ msg: 'listening', url: server.url, role: config.role }, 'start');
  } catch (error) {
    if (error instanceof ConfigError || error instanceof DatabaseUnavailableError)
      process.stderr.write(`${error.message}\n`);
    else new JsonLogger('error').fatal({ msg: 'the service could not start', err: error }, 'start');
    process.exitCode = 1;
  }
}

/** True where this file is what node was told to run, and not imported. */
if (process.argv[1] === fileURLToPath(import.meta.url)) await run();
