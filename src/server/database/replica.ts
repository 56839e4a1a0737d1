import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { isUnavailable } from './is-unavailable.js';
import {
  type DatabaseOptions,
  LOOKUP_POOL_SIZE,
  POOL_SIZE,
  READER_POOL_SIZE,
  keyedPoolOf,
  poolOf,
  readerPoolOf,
} from './pools.js';
import { WatchConnections } from './watch-connections.js';

/** Lag above which nothing is read from the replica, ms. With it a revocation holds for every reader within 5 s. */
export const MOST_LAG = 2_000;
/** Interval at which the positions of both servers are compared, ms. */
const TICK = 500;
/** Time limit of a comparison and of a new connection to the replica, ms: how long a hung replica delays a read. */
const ANSWER_TIMEOUT = 1_000;
/** Positions of the primary that are remembered until the replica has replayed them: ten minutes. */
const POSITIONS = 1_200;

/** Identifies a history: WAL positions of two servers can be compared only within one. */
const HISTORY = `system.system_identifier || '/' || checkpoint.timeline_id || '/' || current_database()`;
const FROM_CONTROL = 'FROM pg_control_system() AS system, pg_control_checkpoint() AS checkpoint';
const PRIMARY_POSITION = `SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint AS position, ${HISTORY} AS history ${FROM_CONTROL}`;
const REPLAYED_POSITION = `SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END AS position,
       ${HISTORY} AS history ${FROM_CONTROL}`;

interface Position {
  position: number | null;
  history: string;
}

/** How one request reads: from the replica, until a statement fails there. */
interface ReplicaRead {
  isOnReplica: boolean;
  /** Time at which everything that the primary had is in the replica, ms of `performance.now()`. */
  copiedAt: number;
}

/** Returns the first line of what the replica, or the way to it, reports. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);

/**
 * A streaming replica of the database, for requests that may read data of up to two seconds ago. Measures its lag by this
 * process's own clock: the time since the newest position of the primary that the replica has replayed.
 */
export class Replica {
  readonly general: pg.Pool;
  readonly lookup: pg.Pool;
  readonly reader: pg.Pool;
  /** Statements that failed on the replica, and were repeated on the primary. */
  repeated = 0;
  private readonly requests = new AsyncLocalStorage<ReplicaRead>();
  private readonly askReplica: pg.Pool;
  private readonly askPrimary: pg.Pool;
  private readonly watch: WatchConnections;
  private readonly logger = new Logger('database');
  /** Positions of the primary that the replica had not replayed when it was last asked, the oldest first. */
  private ahead: { at: number; position: number }[] = [];
  private replayed = 0;
  private copiedAt: number | null = null;
  /** Why the replica cannot be used, apart from its lag; null: it can. */
  private fault: string | null = 'it has not answered yet';
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param options of the primary. */
  constructor(options: DatabaseOptions, url: string) {
    const replica = { ...options, url, connectTimeout: ANSWER_TIMEOUT };
    this.general = poolOf(replica, POOL_SIZE, false);
    this.lookup = keyedPoolOf(replica, LOOKUP_POOL_SIZE);
    this.reader = readerPoolOf(replica, READER_POOL_SIZE);
    this.askReplica = poolOf({ ...replica, queryTimeout: ANSWER_TIMEOUT }, 1, true);
    this.askPrimary = poolOf({ ...replica, url: options.url, queryTimeout: ANSWER_TIMEOUT }, 1, true);
    this.watch = new WatchConnections([this.general, this.lookup, this.reader], url);
    void this.follow();
  }

  /** Runs `work`, whose reads may lag: on the replica if its lag is known to be within the bound. */
  during(work: () => void): void {
    const copiedAt = this.copiedAt;
    if (copiedAt === null || this.whyUnused() !== null) return work();
    this.requests.run({ isOnReplica: true, copiedAt }, work);
  }

  /**
   * Runs one statement on the replica if the request reads there, else on the primary. A statement that the replica cannot
   * answer, or whose rows it had to remove, is repeated on the primary, where the rest of the request then reads too: what
   * a request reads never goes back in time.
   */
  async read<T>(onReplica: () => Promise<T>, onPrimary: () => Promise<T>): Promise<T> {
    const request = this.requests.getStore();
    if (request?.isOnReplica !== true) return onPrimary();
    try {
      return await onReplica();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.repeated += 1;
      request.isOnReplica = false;
      this.logger.warn({ msg: 'a read was repeated on the primary', reason: reasonOf(error) });
      return onPrimary();
    }
  }

  /** Returns the seconds by which what this request reads may be behind the log; null: it reads from the primary. */
  lagOfRequest(): number | null {
    const request = this.requests.getStore();
    return request?.isOnReplica === true ? secondsSince(request.copiedAt) : null;
  }

  /** Returns the seconds by which the replica is behind the primary at most; null: unknown. */
  lag(): number | null {
    return this.copiedAt === null ? null : secondsSince(this.copiedAt);
  }

  /** Returns why all reads go to the primary; null: they do not. */
  whyUnused(): string | null {
    if (this.fault !== null) return `${this.fault}; all reads go to the primary`;
    if (this.copiedAt !== null && performance.now() - this.copiedAt <= MOST_LAG) return null;
    return `it is more than ${MOST_LAG / 1000} s behind; all reads go to the primary`;
  }

  /** Counts the connections to the replica for readers. */
  get counts(): { busy: number; idle: number; waiting: number } {
    const pools = [this.general, this.lookup, this.reader];
    const sum = (count: (pool: pg.Pool) => number): number => pools.reduce((all, pool) => all + count(pool), 0);
    const idle = sum((pool) => pool.idleCount);
    return { busy: sum((pool) => pool.totalCount) - idle, idle, waiting: sum((pool) => pool.waitingCount) };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.watch.stop();
    const pools = [this.general, this.lookup, this.reader, this.askReplica, this.askPrimary];
    await Promise.all(pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
  }

  /** Compares the positions again and again until the end of the process. */
  private async follow(): Promise<void> {
    await this.compare();
    if (this.isClosed) return;
    this.timer = setTimeout(() => void this.follow(), TICK);
    this.timer.unref();
  }

  private async compare(): Promise<void> {
    const at = performance.now();
    const primary = await positionIn(this.askPrimary, PRIMARY_POSITION).catch(() => null);
    if (primary?.position != null) this.ahead.push({ at, position: primary.position });
    if (this.ahead.length > POSITIONS) this.ahead.shift();
    try {
      this.advance(await positionIn(this.askReplica, REPLAYED_POSITION), primary?.history ?? null);
    } catch (error) {
      this.lose(`it does not answer (${reasonOf(error)})`);
    }
  }

  /** Takes over what the replica has replayed. @param history of the primary; null: the primary does not answer. */
  private advance({ position, history }: Position, expected: string | null): void {
    if (position === null) return this.lose('the server under DATABASE_READ_URL is not a replica');
    if (expected !== null && expected !== history)
      return this.lose('the server under DATABASE_READ_URL follows another history than the primary');
    // A replica that was made again from an older copy.
    if (position < this.replayed) this.copiedAt = null;
    this.replayed = position;
    const copied = this.ahead.findLast((one) => one.position <= position);
    if (copied !== undefined) {
      this.copiedAt = copied.at;
      this.ahead = this.ahead.filter(({ at }) => at > copied.at);
    }
    if (this.fault !== null) this.logger.log({ msg: 'the replica answers' });
    this.fault = null;
  }

  private lose(fault: string): void {
    if (this.isClosed) return;
    if (this.fault !== fault) this.logger.warn({ msg: 'the replica cannot be used', reason: fault });
    this.fault = fault;
    // Statements that wait for a server that hangs are repeated on the primary.
    this.watch.cut();
  }
}

const secondsSince = (at: number): number => Math.ceil((performance.now() - at) / 10) / 100;

async function positionIn(pool: pg.Pool, statement: string): Promise<Position> {
  const { rows } = await pool.query<Position>(statement);
  if (rows[0] === undefined) throw new Error('The server did not state its position.');
  return rows[0];
}
