import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../http/metrics.js';

interface StateRow {
  lag: number;
  older: number;
}

/** Reports the findings, and what is left to judge, from the tables at each scrape, the same in every process. */
@Injectable()
export class VerificationMetrics {
  constructor(
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    const openFindings = (gauge: Gauge): Promise<void> => this.openFindings(gauge);
    const state = (gauge: Gauge, pick: (row: StateRow) => number): Promise<void> => this.state(gauge, pick);
    new Gauge({
      name: 'adit_findings_open',
      help: 'Open findings, by rule and severity',
      labelNames: ['rule', 'severity'],
      registers: [registry],
      collect() {
        return openFindings(this);
      },
    });
    new Gauge({
      name: 'adit_verification_lag_entries',
      help: 'Entries in the log that the workers have not judged yet',
      registers: [registry],
      collect() {
        return state(this, ({ lag }) => lag);
      },
    });
    new Gauge({
      name: 'adit_verification_older_entries',
      help: 'Entries that wait for re-evaluation because the rules have changed',
      registers: [registry],
      collect() {
        return state(this, ({ older }) => older);
      },
    });
  }

  private async openFindings(gauge: Gauge): Promise<void> {
    const rows = await this.database.rows<{ rule: string; severity: string; count: number }>(
      "SELECT rule, severity, count(*) AS count FROM findings WHERE status = 'open' GROUP BY rule, severity",
    );
    gauge.reset();
    for (const { rule, severity, count } of rows) gauge.set({ rule, severity }, count);
  }

  private async state(gauge: Gauge, pick: (row: StateRow) => number): Promise<void> {
    const [row] = await this.database.rows<StateRow>(
      `SELECT (SELECT size FROM log_state) - next AS lag, COALESCE(again_until - again, 0) AS older
         FROM verification_cursor`,
    );
    if (row !== undefined) gauge.set(pick(row));
  }
}
