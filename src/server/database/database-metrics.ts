import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../http/metrics.js';
import { Database } from './database.js';

/** Reports for each pool how many connections are at work, and how much waits for one. */
@Injectable()
export class DatabaseMetrics {
  constructor(metrics: Metrics, database: Database) {
    const pools = Object.entries({
      append: database.append,
      intake: database.intake,
      lookup: database.lookup,
      general: database,
    });
    new Gauge({
      name: 'adit_database_connections',
      help: 'Connections to the database, by pool (append, intake, lookup, general) and state (busy, idle)',
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
      help: 'Statements and transactions that wait for a connection, by pool (append, intake, lookup, general)',
      labelNames: ['pool'],
      registers: [metrics.registry],
      collect() {
        for (const [name, { counts }] of pools) this.set({ pool: name }, counts.waiting);
      },
    });
  }
}
