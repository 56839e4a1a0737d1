import {
  type ConnectionOptions,
  assertSchemaCompatibility,
  createPostgresBackend,
  runMigrations,
  setDefaultBackendFactory,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { sessionOptions } from '../database/session.js';
import { WatchConnections } from '../database/watch-connections.js';

/** The schema that BullMQ's tables live in; it is the queue's own, and migrated by its own numbers. */
const SCHEMA = 'bullmq';
const PREFIX = 'adit';
/** The role in which the service works; it may use the queue's tables, and not alter them. */
const APPLICATION_ROLE = 'ledger_app';

/**
 * Connections of the shared pool. Each worker holds one for LISTEN as long as it lives, so there must be more than
 * there are queues; the rest serve adds, takes and completions.
 */
const POOL_SIZE = 12;
/** For a connection, or one of the pool that is free, ms: all workers start at once, on a machine that may be busy. */
const CONNECT_TIMEOUT = 15_000;
/** How long what a check writes is kept, ms. */
const CHECK_KEPT = 60_000;
/** Times a Redis command is tried before an add fails; a worker waits for Redis for ever, an API must not. */
const API_RETRIES = 3;

export interface QueueAddress {
  /** Where the service works; jobs wait here unless there is a Redis. */
  appUrl: string;
  redisUrl: string | null;
  /** What tells this ledger's jobs from another's on the same Redis. */
  ledger?: string;
}

/** Where jobs wait, ready to be used by every queue and worker of this process. */
export interface QueueBackend {
  kind: 'postgres' | 'redis';
  connection: ConnectionOptions;
  /** Before the names of all keys on Redis; PostgreSQL has a schema for each ledger. */
  prefix: string;
  /** Says why jobs cannot be added now, or null. Rejects where the queue does not answer. */
  check(): Promise<string | null>;
  close(): Promise<void>;
}

/** Of the sequences, only those that the application has not made itself: on its own the owner could grant nothing. */
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

/** Makes or updates the queue's tables, as a role that may; done before any queue is made, because BullMQ does not. */
export async function migrateQueue(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: CONNECT_TIMEOUT });
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
    const { rows } = await client.query<{ present: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS present',
      [APPLICATION_ROLE],
    );
    if (rows[0]?.present === true)
      // CREATE, because BullMQ numbers the jobs of each queue by a sequence that it makes when the first job is added.
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

/**
 * Opens the backend that every queue of this process will share; call it once, before Nest makes any queue.
 * Rejects where the queue's tables are missing or too new: a worker would loop on that error without end.
 */
export async function openQueue(address: QueueAddress, failed: (error: Error) => void): Promise<QueueBackend> {
  return address.redisUrl === null
    ? openPostgres(address.appUrl, failed)
    : openRedis(address, address.redisUrl, failed);
}

async function openPostgres(url: string, failed: (error: Error) => void): Promise<QueueBackend> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'adit-queue',
    options: sessionOptions(APPLICATION_ROLE, { search_path: SCHEMA }),
  });
  // Every queue and worker listens here too.
  pool.setMaxListeners(0);
  const watch = new WatchConnections(pool, url);
  pool.on('error', failed);
  // Also while a queue holds the connection; what it does next fails and is tried again.
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
  // @nestjs/bullmq hands no backend on, so the choice is made for the whole process.
  setDefaultBackendFactory(createPostgresBackend);
  return {
    kind: 'postgres',
    prefix: PREFIX,
    // BullMQ types its connections for Redis alone; the factory above takes a pool.
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

/** Tries a write: a Redis that is full, or a replica, or cannot save, still answers a ping. */
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

/** BullMQ makes its own ioredis connections from these, one for commands and one to block on. */
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
