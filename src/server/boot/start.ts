import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type DynamicModule,
  type INestApplicationContext,
  Logger,
  type LoggerService,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { AppModule } from './app.module.js';
import type { ContextValue } from './context.module.js';
import { Clock, SystemClock } from '../clock.js';
import { Config } from '../config/config.js';
import { isLoopback } from '../config/config-values.js';
import { configWarnings } from '../config/config-warnings.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../platform/postgres/embedded-postgres.js';
import { Database } from '../database/database.js';
import { migrate } from '../database/migrate.js';
import { patiently } from '../database/patiently.js';
import { prepareDatabase, prepareGivenDatabase } from '../database/prepare.js';
import { readFromReplica } from '../database/read-from-replica.js';
import { featureContext, featureModules } from './features.js';
import { RecordAccesses } from '../access/record-accesses.js';
import { turnAwayEarly } from '../http/admission.js';
import { fastifyAdapter, observeRequests } from '../http/fastify.js';
import { HealthRegistry } from '../http/health.js';
import { OpenAccess, PublicOnly } from '../http/open-access.js';
import { Identify, admitViewers } from '../http/viewing.js';
import { sendPagesAsHtml } from '../http/html-type.js';
import { limitAddresses, limitViewers } from '../http/rate-limit.js';
import { allowOrigins } from '../http/allow-origins.js';
import { Metrics } from '../http/metrics.js';
import { describeApi } from '../http/description/openapi.js';
import { SharedThreads } from '../ledger/intake/check-threads.js';
import { showProblemsAsPages } from '../web/problems-as-pages.js';
import { ShowPages } from '../web/show-pages.js';
import { JsonLogger } from './logger.js';
import { type QueueAddress, QueueBackend, migrateQueue, openQueue } from '../queue/prepare-queue.js';

/** File with the passwords of the embedded database's logins, beside its data. */
export const PASSWORDS_FILE = 'logins.json';

/** URLs of the database for the application's role and for the owner of the tables. */
export interface DatabaseAddress {
  appUrl: string;
  ownerUrl: string;
  /** URL of the embedded server's superuser, for the demo that tampers with rows; null for another server. */
  superuserUrl: string | null;
  stop(): Promise<void>;
}

/** Substitutes for tests, the demo and the scenario runner. */
export interface Overrides {
  clock?: Clock;
  logger?: LoggerService;
  /** A running database instead of the configured one; the service's stop leaves it running. */
  database?: DatabaseAddress;
  /** Threads that check signatures for several services of this process; the service's stop leaves them running. */
  threads?: SharedThreads;
  /** Modules instead of the features of the service. */
  modules?: NonNullable<ModuleMetadata['imports']>;
}

export interface RunningServer {
  /** Address on which it listens, such as `http://127.0.0.1:8400`. */
  url: string;
  app: NestFastifyApplication;
  database: DatabaseAddress;
  /** Refuses further requests, completes running ones, and closes all resources. */
  close(): Promise<void>;
}

/** How the embedded database is started. */
interface EmbeddedStart {
  /** Default true, as in `EmbeddedPostgresOptions`. */
  durable?: boolean;
  /** Its start, if it has begun. */
  embedded?: Promise<EmbeddedPostgres>;
}

/** Opens the configured or the embedded database with all tables. */
export async function openDatabase(
  config: Config,
  log: (message: string) => void,
  how: EmbeddedStart = {},
): Promise<DatabaseAddress> {
  const address = await openBareDatabase(config, log, how);
  try {
    await migrate(address.ownerUrl);
    return address;
  } catch (error) {
    await address.stop();
    throw error;
  }
}

/** Opens the database like `openDatabase` but without migrations, to restore a backup into it. */
export async function openBareDatabase(
  config: Config,
  log: (message: string) => void,
  { durable = true, embedded: begun }: EmbeddedStart = {},
): Promise<DatabaseAddress> {
  if (config.databaseUrl !== null) {
    const { appUrl, ownerUrl } = await prepareGivenDatabase(config.databaseUrl, config.databaseOwnerUrl);
    return { appUrl, ownerUrl, superuserUrl: null, stop: () => Promise.resolve() };
  }
  const embedded = await (begun ?? startEmbeddedPostgres({ dataDir: config.dataDir, durable, log }));
  try {
    const { appUrl, ownerUrl } = await prepareDatabase(embedded.superuserUrl, join(config.dataDir, PASSWORDS_FILE));
    return { appUrl, ownerUrl, superuserUrl: embedded.superuserUrl, stop: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Runs clean-up steps in reverse order; runs every step, and throws the first failure at the end. */
export async function undo(steps: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps.toReversed()) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/**
 * Identifies the ledger by its origin and database, which are the same in all its processes, so that two ledgers may
 * share one Redis.
 */
async function queueAddress({ redisUrl, origin, role }: Config, appUrl: string): Promise<QueueAddress> {
  if (redisUrl === null) return { appUrl, redisUrl, addsOnly: role === 'api' };
  const client = new pg.Client({ connectionString: appUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid AS name
         FROM pg_database WHERE datname = current_database()`,
    );
    const name = `${origin}/${rows[0]?.name ?? ''}`;
    return { appUrl, redisUrl, ledger: createHash('sha256').update(name).digest('hex').slice(0, 16) };
  } finally {
    await client.end();
  }
}

/**
 * Starts one process of the service by its role: database, queue, features, and HTTP. Throws `DatabaseUnavailableError`
 * if the database does not answer in all attempts.
 */
export function startServer(config: Config, overrides: Overrides = {}): Promise<RunningServer> {
  const logger = overrides.logger ?? new JsonLogger(config.logLevel);
  Logger.overrideLogger(logger);
  for (const warning of configWarnings(config)) logger.warn(warning, 'config');
  return patiently(
    () => startOnce(config, overrides, logger),
    (message) => logger.warn(message, 'start'),
  );
}

/** Steps that undo a start, in its order. */
type Opened = (() => Promise<unknown>)[];

/** Opens the queue, and returns the module of everything that a process runs by its role. */
async function assemble(
  config: Config,
  appUrl: string,
  overrides: Omit<Overrides, 'database'>,
  opened: Opened,
): Promise<{ root: DynamicModule; queue: QueueBackend }> {
  const queue = await openQueue(await queueAddress(config, appUrl), (err) =>
    overrides.logger?.error({ msg: 'a connection of the queue failed', err }, 'queue'),
  );
  opened.push(() => queue.close());
  const context: ContextValue[] = [
    [Config, config],
    [Clock, overrides.clock ?? new SystemClock()],
    [QueueBackend, queue],
    ...(overrides.threads === undefined ? [] : [[SharedThreads, overrides.threads] as const]),
    ...(overrides.modules === undefined ? featureContext(config, appUrl) : []),
  ];
  return { root: AppModule.of(context, overrides.modules ?? featureModules(config)), queue };
}

async function startOnce(config: Config, overrides: Overrides, logger: LoggerService): Promise<RunningServer> {
  const opened: Opened = [];
  try {
    const database = overrides.database ?? (await openDatabase(config, (message) => logger.log(message, 'database')));
    if (overrides.database === undefined) opened.push(() => database.stop());
    if (config.redisUrl === null) await migrateQueue(database.ownerUrl);
    const { root, queue } = await assemble(config, database.appUrl, { ...overrides, logger }, opened);
    const app = await NestFactory.create<NestFastifyApplication>(root, fastifyAdapter(config.trustProxy), {
      logger,
      abortOnError: false,
    });
    opened.push(() => app.close());
    const health = app.get(HealthRegistry);
    health.register('queue', () => queue.check());
    await limitAddresses(app, config);
    const { publicUrl, corsOrigins, host } = config;
    observeRequests(app, app.get(Metrics), { publicUrl, corsOrigins, loopback: isLoopback(host) });
    await allowOrigins(app, corsOrigins);
    await guardRoutes(app, config);
    limitViewers(app, config);
    readFromReplica(app.getHttpAdapter().getInstance(), provided(app, Database)?.replica ?? null);
    turnAwayEarly(app);
    sendPagesAsHtml(app.getHttpAdapter().getInstance());
    const pages = provided(app, ShowPages);
    if (pages !== null) showProblemsAsPages(app.getHttpAdapter().getInstance(), pages);
    if (config.role !== 'worker') describeApi(app);
    const url = await listen(app, config);
    health.started();
    let closing: Promise<void> | null = null;
    const close = (): Promise<void> => {
      health.stopping();
      return (closing ??= undo(opened));
    };
    return { url, app, database, close };
  } catch (error) {
    await undo(opened).catch((err: unknown) => logger.error({ msg: 'could not undo a failed start', err }, 'start'));
    throw error;
  }
}

/**
 * Registers who may use which route: by the setting no viewer is distinguished, or by the feature if this process has it,
 * which also records who reads which lot.
 */
async function guardRoutes(app: NestFastifyApplication, { access }: Config): Promise<void> {
  if (access === 'open') return admitViewers(app, new OpenAccess());
  const identify = provided(app, Identify) ?? new PublicOnly();
  await identify.prepare(app);
  admitViewers(app, identify);
  provided(app, RecordAccesses)?.watch(app.getHttpAdapter().getInstance());
}

/** Returns a provider of any module; null in a process without it. */
function provided<T>(app: NestFastifyApplication, type: abstract new (...args: never[]) => T): T | null {
  try {
    return app.get<T>(type, { strict: false });
  } catch {
    return null;
  }
}

/** A process that runs jobs and does not listen. */
export interface RunningWorker {
  app: INestApplicationContext;
  close(): Promise<void>;
}

/** Starts the jobs of a process that does not listen, on a database with all tables. */
export async function startWorker(config: Config, appUrl: string, logger: LoggerService): Promise<RunningWorker> {
  Logger.overrideLogger(logger);
  const opened: Opened = [];
  try {
    const { root, queue } = await assemble(config, appUrl, { logger }, opened);
    const app = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
    opened.push(() => app.close());
    const health = app.get(HealthRegistry);
    health.register('queue', () => queue.check());
    health.started();
    let closing: Promise<void> | null = null;
    return { app, close: () => (closing ??= undo(opened)) };
  } catch (error) {
    await undo(opened).catch((err: unknown) => logger.error({ msg: 'could not undo a failed start', err }, 'start'));
    throw error;
  }
}

async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<string> {
  await app.listen(port, host);
  return (await app.getUrl()).replace(/\/$/, '');
}

/** Duration of a stop after which the process exits anyway, ms. */
const GRACE = 10_000;

/** Stops in order and ends the process, with code 1 if the stop fails or exceeds the time limit. */
export function stopAndExit(running: { close(): Promise<void> }, logger: LoggerService): void {
  setTimeout(() => process.exit(1), GRACE).unref();
  running.close().then(
    () => process.exit(0),
    (err: unknown) => {
      logger.error({ msg: 'the stop was not clean', err }, 'start');
      process.exit(1);
    },
  );
}

/** Stops in order on SIGTERM and SIGINT; a second signal, or the time limit, ends the process at once. */
export function stopOnSignals(server: RunningServer, logger: LoggerService): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.log({ msg: 'stopping', signal }, 'start');
    stopAndExit(server, logger);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
