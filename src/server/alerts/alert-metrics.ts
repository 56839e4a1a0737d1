import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../http/metrics.js';
import { AlertFeed } from './alert-feed.js';

/** Figures of the inbox, read when somebody asks for them, and who follows it through this process. */
@Injectable()
export class AlertMetrics {
  constructor(
    private readonly database: Database,
    feed: AlertFeed,
    metrics: Metrics,
  ) {
    const unresolved = (gauge: Gauge): Promise<void> => this.unresolved(gauge);
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_alerts_unresolved',
        help: 'Alerts that are open or acknowledged, and not held back by another, by severity and status',
        labelNames: ['severity', 'status'],
        registers: [],
        collect() {
          return unresolved(this);
        },
      }),
    );
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_alert_readers',
        help: 'Readers of the live stream of alerts that this process serves',
        registers: [],
        collect() {
          this.set(feed.connected);
        },
      }),
    );
  }

  private async unresolved(gauge: Gauge): Promise<void> {
    const rows = await this.database.query<{ severity: string; status: string; count: number }>(
      `SELECT severity, status, count(*) AS count FROM alerts
        WHERE status <> 'resolved' AND inhibited_by IS NULL GROUP BY severity, status`,
    );
    gauge.reset();
    for (const { severity, status, count } of rows) gauge.set({ severity, status }, count);
  }
}
