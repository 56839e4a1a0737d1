import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { sessionOptions } from './session.js';
import { WatchConnections } from './watch-connections.js';

/** Group role of the service; it may append to the log, but not change or delete its entries. */
export const APPLICATION_ROLE = 'ledger_app';

/** Connections of one process: the append holds one; readers, workers and audits share the others. */
const POOL_SIZE = 20;
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
}

/** The connection pool to PostgreSQL; every connection has the application's role, whatever the login. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly pool: pg.Pool;
  private readonly watch: WatchConnections;
  /** URL, for a thread that opens its own connections. */
  readonly url: string;

  constructor(options: DatabaseOptions) {
    this.url = options.url;
    const patient = options.patient === true;
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? POOL_SIZE,
      keepAlive: true,
      connectionTimeoutMillis: patient ? READER_CONNECT_TIMEOUT : CONNECT_TIMEOUT,
      application_name: 'adit',
      types,
      options: sessionOptions(APPLICATION_ROLE, {
        statement_timeout: patient ? READER_TIMEOUT : STATEMENT_TIMEOUT,
        idle_in_transaction_session_timeout: patient ? READER_TIMEOUT : IDLE_IN_TRANSACTION_TIMEOUT,
      }),
    });
    this.watch = new WatchConnections(this.pool, options.url);
    this.pool.on('error', options.failed);
    // Without a listener, an error of a connection between two statements would end the process; the next statement
    // reports it.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(text, values)).rows;
  }

  /** Runs `work` in one transaction: commits when it resolves, rolls back when it rejects. */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((lost: Error) => {
        broken = lost;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Returns why nothing can be written now, or null: the server is a standby or read-only. */
  async whyReadOnly(): Promise<string | null> {
    const [row] = await this.query<{ closed: boolean }>(
      `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS closed`,
    );
    return row?.closed === true ? 'the database is read-only' : null;
  }

  async onApplicationShutdown(): Promise<void> {
    this.watch.stop();
    if (!this.pool.ended) await this.pool.end();
  }
}
