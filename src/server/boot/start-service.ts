import type { LoggerService } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { type Config, environmentWith } from '../config/config.js';
import type { EmbeddedPostgres } from '../../platform/postgres/embedded-postgres.js';
import { patiently } from '../database/patiently.js';
import { HealthRegistry } from '../http/health.js';
import { Metrics } from '../http/metrics.js';
import { type DatabaseAddress, type RunningServer, openDatabase, startServer, undo } from './start.js';
import { WorkerProcess } from './worker-process.js';

export { stopOnSignals } from './start.js';

export interface ServiceStart {
  logger: LoggerService;
  /** Whether the jobs run in a process of their own, so that they never delay an answer. */
  inTwo: boolean;
  /** The embedded PostgreSQL, if it is being started already. */
  embedded?: Promise<EmbeddedPostgres>;
}

/**
 * Opens the database and starts this process, and a worker beside it if the jobs run in two. `close` stops both, and then
 * the database.
 */
export async function startService(config: Config, { logger, inTwo, embedded }: ServiceStart): Promise<RunningServer> {
  const log = (message: string): void => logger.log(message, 'database');
  let begun = embedded;
  const open = (): Promise<DatabaseAddress> => {
    const first = begun;
    // A further attempt starts it again, since a failed one has stopped it.
    begun = undefined;
    return openDatabase(config, log, { embedded: first });
  };
  const database = await patiently(open, (message) => logger.warn(message, 'start'));
  const opened = [() => database.stop()];
  try {
    const own: Config = inTwo ? Object.assign({}, config, { role: 'api' as const }) : config;
    const server = await startServer(own, { logger, database });
    const worker = inTwo ? startWorkerOf(server, logger) : null;
    opened.push(() => stopTogether([server.close(), worker?.stop() ?? Promise.resolve()]));
    let closing: Promise<void> | null = null;
    return { ...server, close: () => (closing ??= undo(opened)) };
  } catch (error) {
    await undo(opened);
    throw error;
  }
}

/** Waits until all have stopped, also if one fails, and then throws the first failure. */
async function stopTogether(stops: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(stops);
  await Promise.all(stops);
}

/** Starts the worker on the database of the process that answers, which shows it in `/readyz` and `/metrics`. */
function startWorkerOf({ app, database: { appUrl, ownerUrl } }: RunningServer, logger: LoggerService): WorkerProcess {
  const worker = new WorkerProcess(environmentWith({ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl }), logger);
  // Without a worker events are still recorded; they are judged when it runs again.
  app.get(HealthRegistry).registerWarning('worker', worker.whyNotReady);
  const metrics = app.get(Metrics);
  metrics.include(worker.metrics);
  const registers = [metrics.registry];
  const up: Gauge = new Gauge({
    name: 'adit_worker_up',
    help: 'Whether the worker of this service runs (1) or not (0)',
    registers,
    collect: () => up.set(worker.running ? 1 : 0),
  });
  const restarts: Counter = new Counter({
    name: 'adit_worker_restarts_total',
    help: 'Times that the worker of this service ended and was started again',
    registers,
    collect: () => {
      restarts.reset();
      restarts.inc(worker.restarts);
    },
  });
  return worker;
}
