import pg from 'pg';
import { lowerBackend } from './lower-backend.js';
import { sessionOptions } from './session.js';

/** Group role of the service; it may append to the log, but not change or delete its entries. */
export const APPLICATION_ROLE = 'ledger_app';

/** Connections of one process that readers, workers and small audits share. */
export const POOL_SIZE = 17;
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
  /** For audits and replays: connections, statements and pauses may take minutes. */
  patient?: boolean;
  /** Receives errors of idle connections; the pool opens new ones. */
  failed: (error: Error) => void;
  poolSize?: number;
  /** Priority of the database's own processes on this machine, as of `nice`; absent: the normal one. */
  niceness?: number;
}

/** A pool whose connections never end the process by an error between two statements: the next statement reports it. */
export class QuietPool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    super(config);
    this.on('connect', (client) => client.on('error', () => undefined));
  }
}

/**
 * Returns the configuration of a pool whose connections all have the settings that the service relies on.
 * @param isKept whether idle connections stay open, so that a single event does not wait for a new one
 */
export const poolConfig = ({ url, patient = false }: DatabaseOptions, max: number, isKept: boolean): pg.PoolConfig => ({
  connectionString: url,
  max,
  ...(isKept ? { idleTimeoutMillis: 0 } : {}),
  keepAlive: true,
  connectionTimeoutMillis: patient ? READER_CONNECT_TIMEOUT : CONNECT_TIMEOUT,
  application_name: 'adit',
  types,
  options: sessionOptions(APPLICATION_ROLE, {
    statement_timeout: patient ? READER_TIMEOUT : STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: patient ? READER_TIMEOUT : IDLE_IN_TRANSACTION_TIMEOUT,
  }),
});

/** Makes a pool, which connects on first use. */
export function poolOf(options: DatabaseOptions, max: number, isKept: boolean): pg.Pool {
  const { failed, niceness } = options;
  const pool = new QuietPool(poolConfig(options, max, isKept));
  pool.on('error', failed);
  if (niceness !== undefined) pool.on('connect', (client) => lowerBackend(client, niceness));
  return pool;
}
