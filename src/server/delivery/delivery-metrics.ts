import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../http/metrics.js';

/** Metrics of deliveries: attempts of this process, and the backlog in the database. */
@Injectable()
export class DeliveryMetrics {
  private readonly tries: Counter;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.tries = new Counter({
      name: 'adit_deliveries_total',
      help: 'Attempts of deliveries by this process, by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers: [metrics.registry],
    });
    this.gauge(metrics, {
      name: 'adit_deliveries_oldest_pending_seconds',
      help: 'Age of the oldest message that is due and has not been delivered',
      sql: `SELECT COALESCE(EXTRACT(EPOCH FROM now() - min(d.created_at)), 0)::double precision AS value
              FROM deliveries AS d JOIN subscriptions AS s ON s.id = d.subscription
             WHERE d.status = 'pending' AND s.enabled AND (d.next_at <= now() OR d.attempts > 0)`,
    });
    this.gauge(metrics, {
      name: 'adit_deliveries_pending',
      help: 'Backlog of messages, including those scheduled for later',
      sql: "SELECT count(*) AS value FROM deliveries WHERE status = 'pending'",
    });
    this.gauge(metrics, {
      name: 'adit_subscriptions_disabled',
      help: 'Subscriptions that were disabled because their endpoint failed or was gone',
      sql: "SELECT count(*) AS value FROM subscriptions WHERE NOT enabled AND disabled_reason <> 'switched off by its owner'",
    });
  }

  tried(channel: string, outcome: string): void {
    this.tries.inc({ channel, outcome });
  }

  private gauge(metrics: Metrics, { name, help, sql }: { name: string; help: string; sql: string }): void {
    const read = async (gauge: Gauge): Promise<void> => {
      const [row] = await this.database.rows<{ value: number }>(sql);
      gauge.set(row?.value ?? 0);
    };
    metrics.registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          return read(this);
        },
      }),
    );
  }
}
