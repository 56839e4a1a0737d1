import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../../database/database.js';
import { Metrics } from '../../http/metrics.js';
import { AuditOutcome } from './audit-outcome.js';

interface AuditRow {
  milliseconds: number;
  age: number;
}

/** Reports the newest audit from its row at each scrape, the same in every process. */
@Injectable()
export class AuditMetrics {
  constructor(
    private readonly database: Database,
    { registry }: Metrics,
    outcome: AuditOutcome,
  ) {
    const newest = (gauge: Gauge, pick: (row: AuditRow) => number): Promise<void> => this.newest(gauge, pick);
    new Gauge({
      name: 'adit_audit_faults',
      help: 'Faults that the newest audit found in the record',
      registers: [registry],
      async collect() {
        this.set(await outcome.faults());
      },
    });
    new Gauge({
      name: 'adit_audit_duration_seconds',
      help: 'How long the newest audit took',
      registers: [registry],
      collect() {
        return newest(this, ({ milliseconds }) => milliseconds / 1000);
      },
    });
    new Gauge({
      name: 'adit_audit_age_seconds',
      help: 'Since the newest audit began',
      registers: [registry],
      collect() {
        return newest(this, ({ age }) => age);
      },
    });
  }

  private async newest(gauge: Gauge, pick: (row: AuditRow) => number): Promise<void> {
    const [row] = await this.database.rows<AuditRow>(
      `SELECT milliseconds, EXTRACT(EPOCH FROM now() - started_at)::double precision AS age
         FROM audits ORDER BY id DESC LIMIT 1`,
    );
    if (row !== undefined) gauge.set(pick(row));
  }
}
