import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Connections } from './connections.js';
import {
  APPEND_POOL_SIZE,
  type DatabaseOptions,
  INTAKE_POOL_SIZE,
  LOOKUP_POOL_SIZE,
  POOL_SIZE,
  READER_POOL_SIZE,
  keyedPoolOf,
  poolOf,
  readerPoolOf,
} from './pools.js';
import { Reader } from './reader.js';
import { Replica } from './replica.js';
import { ReplicatedConnections } from './replicated.js';
import { WatchConnections } from './watch-connections.js';

export type { DatabaseOptions } from './pools.js';

/**
 * The connections to PostgreSQL: everything that the service reads or writes goes through this class. Every connection has
 * the application's role, whatever the login. Its own methods use the connections that readers, workers and small audits
 * share. Appends, and look-ups of incoming events, have connections of their own, so that reading, judging and auditing
 * never makes them wait.
 */
@Injectable()
export class Database extends Connections implements OnApplicationShutdown {
  /** Reads of single statements; of the replica, for requests whose answers may lag. */
  readonly reads: Connections;
  /** Looks up single rows and short lists by key for readers, with prepared statements; of the replica, as `reads`. */
  readonly lookup: Connections;
  /** Reads for one viewer, who sees its own rows alone; of the replica, as `reads`. */
  readonly reader: Reader;
  /** Looks up events before they are appended. */
  readonly intake: Connections;
  /** Appends, and nothing else. Code that holds its connection must not wait for another one, or it could deadlock. */
  readonly append: Connections;
  /** The streaming replica; null: none is configured, or this process works in the background. */
  readonly replica: Replica | null;
  /** URL, for a thread that opens its own connections. */
  readonly url: string;
  private readonly pools: readonly pg.Pool[];
  private readonly watch: WatchConnections;

  /** @param source in a process with entities, an initialised one: its pool is the shared one. */
  constructor(
    options: DatabaseOptions,
    private readonly source?: DataSource,
  ) {
    const general =
      source === undefined
        ? poolOf(options, options.poolSize ?? POOL_SIZE, false)
        : ((source.driver as PostgresDriver).master as pg.Pool);
    const lookup = keyedPoolOf(options, LOOKUP_POOL_SIZE);
    const reader = readerPoolOf(options, READER_POOL_SIZE);
    const intake = keyedPoolOf(options, INTAKE_POOL_SIZE);
    const append = keyedPoolOf(options, APPEND_POOL_SIZE);
    super(general, source);
    this.url = options.url;
    const { replicaUrl = null, background = false } = options;
    const replica = replicaUrl === null || background ? null : new Replica(options, replicaUrl);
    this.replica = replica;
    this.reads = new ReplicatedConnections(general, replica, (copy) => copy.general, false);
    this.lookup = new ReplicatedConnections(lookup, replica, (copy) => copy.lookup, true);
    this.reader = new Reader(reader, this, this.reads, replica);
    this.intake = new Connections(intake, undefined, true);
    this.append = new Connections(append, undefined, true);
    this.pools = [general, lookup, reader, intake, append];
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
    await this.replica?.close();
    if (this.source?.isInitialized === true) await this.source.destroy();
    await Promise.all(this.pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
