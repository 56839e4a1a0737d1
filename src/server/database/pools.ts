import pg from 'pg';
import { lowerBackend } from './lower-backend.js';
import { sessionOptions } from './session.js';

/** Group role of the service; it may append to the log, but not change or delete its entries. */
export const APPLICATION_ROLE = 'ledger_app';
/** Group role of readers, which sees the rows of the viewer that its transaction names. */
export const READER_ROLE = 'ledger_reader';

/** Connections of one process that readers, workers and small audits share. */
export const POOL_SIZE = 13;
/** Connections of one process that look up single rows and short lists by key for readers. */
export const LOOKUP_POOL_SIZE = 4;
/** Connections of one process that read for one viewer. */
export const READER_POOL_SIZE = 4;
/** Connections of one process that look up events before they are appended. */
export const INTAKE_POOL_SIZE = 2;
/** Connections of one process that append: it runs one append at a time. */
export const APPEND_POOL_SIZE = 1;
const CONNECT_TIMEOUT = 5_000;
/** Time of one statement at most, ms, so that a very wide lineage does not hold a connection. */
const STATEMENT_TIMEOUT = 30_000;
/** Time after which a paused process loses its transaction and locks, ms, so that another process can append. */
const IDLE_IN_TRANSACTION_TIMEOUT = 10_000;

/** Parses bigint as a number; throws above 2^53 rather than round. Counts, indexes and milliseconds stay far below. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the whole numbers that are exact.`);
  return value;
}

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, safeInteger);

/** Connect timeout of readers of the whole log, ms. They hold no lock, and a busy machine must not end an audit. */
const READER_CONNECT_TIMEOUT = 60_000;
const READER_TIMEOUT = 600_000;

export interface DatabaseOptions {
  url: string;
  /** URL of a streaming replica for reads that may lag; null or absent: none. */
  replicaUrl?: string | null;
  /** For audits and replays: connections, statements and pauses may take minutes. */
  patient?: boolean;
  /** Receives errors of idle connections; the pool opens new ones. */
  failed: (error: Error) => void;
  poolSize?: number;
  /** Time limits of a new connection and of the driver's wait for an answer, ms; default: those of the pools. */
  connectTimeout?: number;
  queryTimeout?: number;
  /** Whether the database's own processes on this machine get a lower priority, for work in the background. */
  background?: boolean;
}

/** A pool whose connections never end the process by an error between two statements: the next statement reports it. */
export class QuietPool extends pg.Pool {
  constructor({ background, ...config }: pg.PoolConfig & Pick<DatabaseOptions, 'background'>) {
    super(config);
    this.on('connect', (client) => client.on('error', () => undefined));
    if (background === true) this.on('connect', lowerBackend);
  }
}

/**
 * Returns the configuration of a pool whose connections all have the settings that the service relies on.
 * @param isKept whether idle connections stay open, so that a single event does not wait for a new one
 */
export const poolConfig = (
  { url, patient = false, connectTimeout, queryTimeout }: DatabaseOptions,
  max: number,
  isKept: boolean,
  settings: Record<string, string> = {},
  role = APPLICATION_ROLE,
): pg.PoolConfig => ({
  connectionString: url,
  max,
  ...(isKept ? { idleTimeoutMillis: 0 } : {}),
  keepAlive: true,
  connectionTimeoutMillis: connectTimeout ?? (patient ? READER_CONNECT_TIMEOUT : CONNECT_TIMEOUT),
  ...(queryTimeout === undefined ? {} : { query_timeout: queryTimeout }),
  application_name: 'adit',
  types,
  options: sessionOptions(role, {
    statement_timeout: patient ? READER_TIMEOUT : STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: patient ? READER_TIMEOUT : IDLE_IN_TRANSACTION_TIMEOUT,
    ...settings,
  }),
});

/**
 * Plans of prepared statements are kept, perhaps from a time when a table was nearly empty: without these methods of the
 * planner they use the indexes also then. All statements of such a pool look rows up by key.
 */
const BY_KEY = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

/** Makes a pool for few statements that look rows up by key: each is sent without waiting for the one before. */
export function keyedPoolOf(options: DatabaseOptions, max: number): pg.Pool {
  return quietly(options, { ...poolConfig(options, max, true, BY_KEY), pipeline: true });
}

/** Makes a pool, which connects on first use. */
export function poolOf(options: DatabaseOptions, max: number, isKept: boolean): pg.Pool {
  return quietly(options, poolConfig(options, max, isKept));
}

function quietly({ failed, background = false }: DatabaseOptions, config: pg.PoolConfig): pg.Pool {
  const pool = new QuietPool({ ...config, background });
  pool.on('error', failed);
  return pool;
}

/** Makes a pool of connections that see the rows of one viewer at a time, and send a transaction at once. */
export const readerPoolOf = (options: DatabaseOptions, max: number): pg.Pool =>
  quietly(options, { ...poolConfig(options, max, false, {}, READER_ROLE), pipeline: true });
