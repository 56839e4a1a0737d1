import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { sessionOptions } from './session.js';
import { WatchConnections } from './watch-connections.js';

/** The group role in which the service works: it may append to the log, and neither change nor delete what is in it. */
export const APPLICATION_ROLE = 'ledger_app';

/** Connections of one process; the append holds one, the rest serve readers, workers and audits. */
const POOL_SIZE = 20;
const CONNECT_TIMEOUT = 5_000;
/** One statement of a reader at most, ms; a lineage that is too wide must not hold a connection. */
const STATEMENT_TIMEOUT = 30_000;
/** A transaction whose process was paused gives up its locks after this, ms, so that another can append. */
const IDLE_IN_TRANSACTION_TIMEOUT = 10_000;

/** bigint as a number: counts, indices and milliseconds stay far below 2^53, and one that does not must not be rounded. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the whole numbers that are exact.`);
  return value;
}

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, safeInteger);

/** Of whoever reads the whole log and holds no lock that others wait for: a busy machine must not end an audit. */
const READER_CONNECT_TIMEOUT = 60_000;
const READER_TIMEOUT = 600_000;

export interface DatabaseOptions {
  url: string;
  /** For audits and replays, which nobody waits for: connections, statements and pauses may take minutes. */
  patient?: boolean;
  /** Told of connections that were lost while idle; the pool makes new ones. */
  failed: (error: Error) => void;
  poolSize?: number;
}

/** The one pool of connections to PostgreSQL; every connection works in the application's role, whoever logged in. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly pool: pg.Pool;
  private readonly watch: WatchConnections;
  /** Where it is, for a thread that needs connections of its own. */
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
    // A connection that is lost between two statements of a transaction has nobody else who listens, and would end the
    // process; the next statement fails and answers for it.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(text, values)).rows;
  }

  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
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

  /** Says why nothing can be written now, or null: the server is a standby, or was made to take nothing. */
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
