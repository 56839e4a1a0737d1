import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../http/metrics.js';
import { AuditOutcome } from './audit/audit-outcome.js';

interface StateRow {
  lag: number;
  older: number;
  milliseconds: number | null;
  age: number | null;
}

/** Metrics from the tables at each scrape, the same in every process. */
@Injectable()
export class VerificationMetrics {
  constructor(
    private readonly database: Database,
    metrics: Metrics,
    outcome: AuditOutcome,
  ) {
    const openFindings = (gauge: Gauge): Promise<void> => this.openFindings(gauge);
    const state = (gauge: Gauge, pick: (row: StateRow) => number | null): Promise<void> => this.state(gauge, pick);
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_findings_open',
        help: 'Open findings, by rule and severity',
        labelNames: ['rule', 'severity'],
        registers: [],
        collect() {
          return openFindings(this);
        },
      }),
    );
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_audit_faults',
        help: 'Faults that the newest audit found in the record',
        registers: [],
        async collect() {
          this.set(await outcome.faults());
        },
      }),
    );
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_verification_lag_entries',
        help: 'Entries in the log that the workers have not judged yet',
        registers: [],
        collect() {
          return state(this, ({ lag }) => lag);
        },
      }),
    );
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_verification_older_entries',
        help: 'Entries that are still to be judged anew because the rules have changed',
        registers: [],
        collect() {
          return state(this, ({ older }) => older);
        },
      }),
    );
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_audit_duration_seconds',
        help: 'How long the newest audit took',
        registers: [],
        collect() {
          return state(this, ({ milliseconds }) => (milliseconds === null ? null : milliseconds / 1000));
        },
      }),
    );
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_audit_age_seconds',
        help: 'Since the newest audit began',
        registers: [],
        collect() {
          return state(this, ({ age }) => age);
        },
      }),
    );
  }

  private async openFindings(gauge: Gauge): Promise<void> {
    const { rows } = await this.database.query<{ rule: string; severity: string; count: number }>(
      "SELECT rule, severity, count(*) AS count FROM findings WHERE status = 'open' GROUP BY rule, severity",
    );
    gauge.reset();
    for (const { rule, severity, count } of rows) gauge.set({ rule, severity }, count);
  }

  private async state(gauge: Gauge, pick: (row: StateRow) => number | null): Promise<void> {
    const { rows } = await this.database.query<StateRow>(
      `SELECT (SELECT size FROM log_state) - (SELECT next FROM verification_cursor) AS lag,
              (SELECT COALESCE(again_until - again, 0) FROM verification_cursor) AS older,
              audit.milliseconds, EXTRACT(EPOCH FROM now() - audit.started_at)::double precision AS age
         FROM (SELECT 1) AS one LEFT JOIN LATERAL
              (SELECT milliseconds, started_at FROM audits ORDER BY id DESC LIMIT 1) AS audit ON true`,
    );
    const value = rows[0] === undefined ? null : pick(rows[0]);
    if (value !== null) gauge.set(value);
  }
}
