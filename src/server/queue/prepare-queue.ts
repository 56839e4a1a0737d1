import {
  type ConnectionOptions,
  LATEST_SCHEMA_VERSION,
  assertSchemaCompatibility,
  createPostgresBackend,
  runMigrations,
  setDefaultBackendFactory,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { sessionOptions } from '../database/session.js';
import { WatchConnections } from '../database/watch-connections.js';

/** Schema of BullMQ's tables, with its own migrations. */
const SCHEMA = 'bullmq';
const PREFIX = 'adit';
/** Role of the service; it may use the queue's tables but not alter them. */
const APPLICATION_ROLE = 'ledger_app';

/**
 * Connections of the shared pool. Each worker holds one for LISTEN, so there must be more than queues; the others add,
 * fetch and complete jobs.
 */
const POOL_SIZE = 12;
/** Connections of the shared pool of a process without workers: it adds jobs only. */
const ADDING_POOL_SIZE = 3;
/**
 * Time limit for opening a connection or waiting for a free one, ms: all workers start at once, perhaps on a busy
 * machine.
 */
const CONNECT_TIMEOUT = 15_000;
/** Lifetime of the key that a check writes, ms. */
const CHECK_KEPT = 60_000;
/** Attempts of a Redis command before adding a job fails; a worker waits without limit, an API must not. */
const API_RETRIES = 3;

export interface QueueAddress {
  /** Database of the service; jobs are in it unless there is a Redis. */
  appUrl: string;
  redisUrl: string | null;
  /** Whether this process has no workers: fewer connections are enough for it. */
  addsOnly?: boolean;
  /** Separates this ledger's jobs from another's on the same Redis. */
  ledger?: string;
}

/** The backend of every queue and worker of this process. */
export abstract class QueueBackend {
  abstract readonly kind: 'postgres' | 'redis';
  abstract readonly connection: ConnectionOptions;
  /** Prefix of all keys on Redis; in PostgreSQL each ledger has a schema. */
  abstract readonly prefix: string;
  /** Returns why jobs cannot be added now, or null. Rejects if the queue does not answer. */
  abstract check(): Promise<string | null>;
  abstract close(): Promise<void>;
}

/** Grants on sequences that the application did not create itself; the owner cannot grant on those. */
const grantOnSequences = `
  DO $$
  DECLARE made record;
  BEGIN
    FOR made IN SELECT oid::regclass AS name FROM pg_class
                 WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'S' AND relowner <> '${APPLICATION_ROLE}'::regrole
    LOOP
      EXECUTE format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO ${APPLICATION_ROLE}', made.name);
    END LOOP;
  END $$;`;

/** Returns whether the role lacks one of the privileges that `migrateQueue` grants. @param $1 the role */
const LACKS_GRANTS = `
  WITH needed AS (
    SELECT has_schema_privilege($1, oid, privilege) AS has
      FROM pg_namespace, unnest('{USAGE,CREATE}'::text[]) AS privilege WHERE nspname = '${SCHEMA}'
    UNION ALL
    SELECT has_table_privilege($1, oid, privilege)
      FROM pg_class, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
     WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind IN ('r', 'p', 'v')
    UNION ALL
    SELECT has_sequence_privilege($1, oid, privilege)
      FROM pg_class, unnest('{USAGE,SELECT,UPDATE}'::text[]) AS privilege
     WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'S'
    UNION ALL
    SELECT has_function_privilege($1, oid, 'EXECUTE') FROM pg_proc WHERE pronamespace = '${SCHEMA}'::regnamespace
  )
  SELECT NOT bool_and(has) AS lacks FROM needed`;

/**
 * Creates or migrates the queue's tables as their owner. BullMQ does not do this itself, so call it before any queue
 * exists.
 */
export async function migrateQueue(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: CONNECT_TIMEOUT });
  await client.connect();
  try {
    // Most starts find all tables and grants; making them again would write to the catalogue each time.
    if (!(await hasNewestSchema(client))) await runMigrations(client, SCHEMA);
    const { rows } = await client.query<{ present: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS present',
      [APPLICATION_ROLE],
    );
    if (rows[0]?.present === true && (await lacksGrants(client)))
      // The role needs CREATE, because BullMQ creates a sequence for each queue at its first job.
      await client.query(`
        GRANT USAGE, CREATE ON SCHEMA ${SCHEMA} TO ${APPLICATION_ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${APPLICATION_ROLE};
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${SCHEMA} TO ${APPLICATION_ROLE};
        GRANT EXECUTE ON ALL PROCEDURES IN SCHEMA ${SCHEMA} TO ${APPLICATION_ROLE};
        ${grantOnSequences}`);
  } finally {
    await client.end();
  }
}

/** Whether no migration of the queue is missing; false also where only `runMigrations` can state what is wrong. */
const hasNewestSchema = (client: pg.Client): Promise<boolean> =>
  assertSchemaCompatibility(client, SCHEMA).then(
    (version) => version >= LATEST_SCHEMA_VERSION,
    () => false,
  );

async function lacksGrants(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ lacks: boolean }>(LACKS_GRANTS, [APPLICATION_ROLE]);
  return rows[0]?.lacks !== false;
}

/**
 * Opens the backend that every queue of this process shares; call it once, before Nest creates a queue. Rejects if the
 * queue's tables are missing or too new, because a worker would repeat that error without end.
 */
export async function openQueue(address: QueueAddress, failed: (error: Error) => void): Promise<QueueBackend> {
  return address.redisUrl === null ? openPostgres(address, failed) : openRedis(address, address.redisUrl, failed);
}

async function openPostgres(
  { appUrl: url, addsOnly = false }: QueueAddress,
  failed: (error: Error) => void,
): Promise<QueueBackend> {
  const pool = new pg.Pool({
    connectionString: url,
    max: addsOnly ? ADDING_POOL_SIZE : POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'adit-queue',
    options: sessionOptions(APPLICATION_ROLE, { search_path: SCHEMA }),
  });
  // Every queue and worker adds a listener.
  pool.setMaxListeners(0);
  const watch = new WatchConnections([pool], url);
  pool.on('error', failed);
  // Also while a queue holds the connection; its next command fails and is retried.
  pool.on('connect', (client) => client.on('error', failed));
  try {
    const client = await pool.connect();
    try {
      await assertSchemaCompatibility(client, SCHEMA);
    } finally {
      client.release();
    }
  } catch (error) {
    watch.stop();
    await pool.end();
    throw error;
  }
  // @nestjs/bullmq does not pass a backend, so the default is set for the whole process.
  setDefaultBackendFactory(createPostgresBackend);
  return {
    kind: 'postgres',
    prefix: PREFIX,
    // BullMQ's type of connections covers Redis only; the factory above takes a pool.
    connection: pool as unknown as ConnectionOptions,
    check: async () => {
      await pool.query('SELECT 1');
      return null;
    },
    close: () => {
      watch.stop();
      return pool.end();
    },
  };
}

async function openRedis({ ledger }: QueueAddress, url: string, failed: (error: Error) => void): Promise<QueueBackend> {
  setDefaultBackendFactory();
  const prefix = ledger === undefined ? PREFIX : `${PREFIX}:${ledger}`;
  const probe = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    maxRetriesPerRequest: API_RETRIES,
    enableOfflineQueue: false,
  });
  probe.on('error', failed);
  try {
    await probe.connect();
  } catch (error) {
    probe.disconnect();
    throw error;
  }
  return {
    kind: 'redis',
    prefix,
    connection: redisConnection(url),
    check: () => whyRefused(probe, `${prefix}:check`),
    close: async () => void (await probe.quit()),
  };
}

/** Tests a write: a Redis that is full, read-only, or cannot save still answers a ping. */
async function whyRefused(redis: Redis, key: string): Promise<string | null> {
  try {
    await redis.set(key, '1', 'PX', CHECK_KEPT);
    return null;
  } catch (error) {
    const word = /^[A-Z]{3,16}(?= )/.exec(error instanceof Error ? error.message : '')?.[0];
    if (word === undefined) throw error;
    return `Redis refuses to write (${word}): no job can be added, so findings and alerts are late`;
  }
}

/** BullMQ opens its own ioredis connections with these options, one for commands and one that blocks. */
function redisConnection(address: string): ConnectionOptions {
  const url = new URL(address);
  return {
    host: url.hostname,
    port: url.port === '' ? 6_379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(/^\/[0-9]+$/.test(url.pathname) ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    maxRetriesPerRequest: null,
  };
}
