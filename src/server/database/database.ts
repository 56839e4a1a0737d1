import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Connections } from './connections.js';
import { lowerBackend } from './lower-backend.js';
import { sessionOptions } from './session.js';
import { WatchConnections } from './watch-connections.js';

/** Group role of the service; it may append to the log, but not change or delete its entries. */
export const APPLICATION_ROLE = 'ledger_app';

/** Connections of one process that readers, workers and small audits share. */
const POOL_SIZE = 17;
/** Connections of one process that look up events before they are appended. */
const INTAKE_POOL_SIZE = 2;
/** Connections of one process that append: it runs one append at a time. */
const APPEND_POOL_SIZE = 1;
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

/**
 * Makes a pool whose connections all have the settings that the service relies on. It connects on first use.
 * @param isKept whether idle connections stay open, so that a single event does not wait for a new one
 */
function poolOf({ url, patient = false, failed, niceness }: DatabaseOptions, max: number, isKept: boolean): pg.Pool {
  const pool = new pg.Pool({
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
  pool.on('error', failed);
  // Without a listener, an error of a connection between two statements would end the process; the next statement
  // reports it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (niceness !== undefined) pool.on('connect', (client) => lowerBackend(client, niceness));
  return pool;
}

/**
 * The connections to PostgreSQL: everything that the service reads or writes goes through this class. Every connection has
 * the application's role, whatever the login. Its own methods use the connections that readers, workers and small audits
 * share. Appends, and look-ups of incoming events, have connections of their own, so that reading, judging and auditing
 * never makes them wait.
 */
@Injectable()
export class Database extends Connections implements OnApplicationShutdown {
  /** Looks up events before they are appended. */
  readonly intake: Connections;
  /** Appends, and nothing else. Code that holds its connection must not wait for another one, or it could deadlock. */
  readonly append: Connections;
  /** URL, for a thread that opens its own connections. */
  readonly url: string;
  private readonly pools: readonly pg.Pool[];
  private readonly watch: WatchConnections;

  constructor(options: DatabaseOptions) {
    const general = poolOf(options, options.poolSize ?? POOL_SIZE, false);
    const intake = poolOf(options, INTAKE_POOL_SIZE, true);
    const append = poolOf(options, APPEND_POOL_SIZE, true);
    super(general);
    this.url = options.url;
    this.intake = new Connections(intake);
    this.append = new Connections(append);
    this.pools = [general, intake, append];
    this.watch = new WatchConnections(this.pools, options.url);
  }

  /** Returns why nothing can be written now, or null: the server is a standby or read-only. */
  async whyReadOnly(): Promise<string | null> {
    const [row] = await this.rows<{ closed: boolean }>(
      `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS closed`,
    );
    return row?.closed === true ? 'the database is read-only' : null;
  }

  /** Closes all connections after their current statements; a second call does nothing. */
  async close(): Promise<void> {
    this.watch.stop();
    await Promise.all(this.pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
