import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../http/metrics.js';
import { AlertFeed } from './alert-feed.js';

/** Metrics of open alerts, read at each scrape, and of the readers of this process. */
@Injectable()
export class AlertMetrics {
  constructor(
    private readonly database: Database,
    feed: AlertFeed,
    metrics: Metrics,
  ) {
    const open = (gauge: Gauge): Promise<void> => this.open(gauge);
    metrics.registry.registerMetric(
      new Gauge({
        name: 'adit_alerts_open',
        help: 'Alerts that are open and not inhibited, by severity',
        labelNames: ['severity'],
        registers: [],
        collect() {
          return open(this);
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

  private async open(gauge: Gauge): Promise<void> {
    const rows = await this.database.rows<{ severity: string; count: number }>(
      `SELECT severity, count(*) AS count FROM alerts
        WHERE status = 'open' AND inhibited_by IS NULL GROUP BY severity`,
    );
    gauge.reset();
    for (const { severity, count } of rows) gauge.set({ severity }, count);
  }
}
