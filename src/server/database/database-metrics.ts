import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../http/metrics.js';
import { Database } from './database.js';
import type { Replica } from './replica.js';

/** Reports for each pool how many connections are at work, and how much waits for one. */
@Injectable()
export class DatabaseMetrics {
  constructor(metrics: Metrics, database: Database) {
    const { replica } = database;
    if (replica !== null) measureReplica(metrics, replica);
    const pools = Object.entries({
      append: database.append,
      intake: database.intake,
      lookup: database.lookup,
      general: database,
      ...(replica === null ? {} : { replica }),
    });
    new Gauge({
      name: 'adit_database_connections',
      help: 'Connections to the database, by pool (append, intake, lookup, general, replica) and state (busy, idle)',
      labelNames: ['pool', 'state'],
      registers: [metrics.registry],
      collect() {
        for (const [name, { counts }] of pools) {
          this.set({ pool: name, state: 'busy' }, counts.busy);
          this.set({ pool: name, state: 'idle' }, counts.idle);
        }
      },
    });
    new Gauge({
      name: 'adit_database_waiting',
      help: 'Statements and transactions that wait for a connection, by pool (append, intake, lookup, general, replica)',
      labelNames: ['pool'],
      registers: [metrics.registry],
      collect() {
        for (const [name, { counts }] of pools) this.set({ pool: name }, counts.waiting);
      },
    });
  }
}

/** Reports the lag of the replica, whether it is used, and what the primary had to answer in its place. */
function measureReplica({ registry }: Metrics, replica: Replica): void {
  const registers = [registry];
  new Gauge({
    name: 'adit_replica_lag_seconds',
    help: 'Seconds by which the replica is behind the primary at most; NaN: unknown',
    registers,
    collect() {
      this.set(replica.lag() ?? NaN);
    },
  });
  new Gauge({
    name: 'adit_replica_used',
    help: 'Whether requests whose answers may lag read from the replica (1), or all from the primary (0)',
    registers,
    collect() {
      this.set(replica.whyUnused() === null ? 1 : 0);
    },
  });
  new Counter({
    name: 'adit_replica_repeated_total',
    help: 'Statements that failed on the replica and were repeated on the primary',
    registers,
    collect() {
      this.reset();
      this.inc(replica.repeated);
    },
  });
}
