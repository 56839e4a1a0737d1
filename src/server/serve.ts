import { startEmbeddedPostgres } from '../platform/postgres/embedded-postgres.js';
import { boundGarbage } from './boot/bound-garbage.js';
import { JsonLogger } from './boot/logger.js';
import { type Config, loadConfig } from './config/config.js';

export interface ServeOptions {
  role?: string;
  port?: string;
  /** Whether the API and the worker share one process. */
  single: boolean;
}

export interface Served {
  url: string;
  role: Config['role'];
  /** Link by which the operator signs in with a browser on this machine; null: there is none. */
  signIn: string | null;
}

/**
 * Runs the service until a signal stops it, and returns where it answers. Loads little before it starts the embedded
 * PostgreSQL, and the service while that starts.
 */
export async function serve({ role, port, single }: ServeOptions): Promise<Served> {
  const config = loadConfig(undefined, {
    ...(role === undefined ? {} : { ADIT_ROLE: role }),
    ...(port === undefined ? {} : { PORT: port }),
  });
  const logger = new JsonLogger(config.logLevel);
  boundGarbage(config);
  const log = (message: string): void => logger.log(message, 'database');
  const embedded = config.databaseUrl === null ? startEmbeddedPostgres({ dataDir: config.dataDir, log }) : undefined;
  // A failed start is thrown to the one who awaits it, which is after the modules have been loaded.
  embedded?.catch(() => undefined);
  const { startService, stopOnSignals } = await import('./boot/start-service.js');
  const server = await startService(config, { logger, inTwo: config.role === 'all' && !single, embedded });
  stopOnSignals(server, logger);
  const [{ isLoopback }, { SignInLinks }] = await Promise.all([
    import('./config/config-values.js'),
    import('./access/sign-in/sign-in-links.js'),
  ]);
  const signIn =
    config.access === 'closed' && config.role !== 'worker' && isLoopback(config.host)
      ? server.app.get(SignInLinks, { strict: false }).create(server.url).url
      : null;
  return { url: server.url, role: config.role, signIn };
}
