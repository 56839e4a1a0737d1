import type { Alert } from '../../src/core/api/alerts/alert.js';
import { ChangeAlert } from '../../src/server/alerts/change-alert.js';
import { AlertSight } from '../../src/server/alerts/alert-sight.js';
import { LotRights } from '../../src/server/ledger/read/lot-rights.js';
import { ListAlerts, alertsQuery } from '../../src/server/alerts/list-alerts.js';
import { RaiseAlerts } from '../../src/server/alerts/raise-alerts.js';
import { SilenceAlerts } from '../../src/server/alerts/silence-alerts.js';
import { NotifyAlerts } from '../../src/server/alerts/notify-alerts.js';
import type { Config } from '../../src/server/config/config.js';
import { ComposeBody } from '../../src/server/delivery/compose-body.js';
import { DeliverDue } from '../../src/server/delivery/deliver-due.js';
import { RecordAttempts } from '../../src/server/delivery/record-attempts.js';
import { DeliveryMetrics } from '../../src/server/delivery/delivery-metrics.js';
import { RouteNotices } from '../../src/server/delivery/route-notices.js';
import { SafeRequest } from '../../src/server/delivery/safe-request.js';
import { type MailChannel, SendMessage } from '../../src/server/delivery/send-message.js';
import { Subscribe } from '../../src/server/delivery/subscriptions/subscribe.js';
import { type Subscription, newSubscription } from '../../src/core/api/alerts/subscription.js';
import { WebhookKeys } from '../../src/server/delivery/subscriptions/webhook-keys.js';
import { Metrics } from '../../src/server/http/metrics.js';
import { noJobs } from '../../src/server/queue/jobs.js';
import type { TestLedger } from './test-ledger.js';

/** What a notice was, as a subscriber would tell it. */
export interface DeskNotification {
  type: string;
  alert: Alert;
}

/** The alerts of a ledger under test, and who is told of them, without jobs and without a network. */
export class AlertDesk {
  readonly raising: RaiseAlerts;
  readonly notifying: NotifyAlerts;
  readonly alerts: ListAlerts;
  readonly changes: ChangeAlert;
  readonly silences: SilenceAlerts;
  readonly notices: RouteNotices;
  readonly subscriptions: Subscribe;
  readonly sight: AlertSight;
  readonly keys = new WebhookKeys(new Uint8Array(32));
  private readonly config: Config;
  private seen = 0;

  constructor(readonly ledger: TestLedger) {
    const { database, journal } = ledger;
    this.config = {
      publicUrl: 'https://ledger.example.org',
      webhookPrivateTargets: true,
      smtpUrl: 'smtp://127.0.0.1:1',
    } as Config;
    const { config } = this;
    this.raising = new RaiseAlerts(database);
    this.notifying = new NotifyAlerts(database, config, journal);
    this.sight = new AlertSight(database, new LotRights(database));
    this.alerts = new ListAlerts(database, config, this.sight);
    this.changes = new ChangeAlert(database, config, noJobs, journal, this.sight);
    this.silences = new SilenceAlerts(database, journal, this.sight);
    this.notices = new RouteNotices(database, journal);
    this.subscriptions = new Subscribe(database, this.keys, config, journal, this.sight);
  }

  /** Judges new entries, groups findings into alerts and writes the notifications due after the usual wait; returns them. */
  async notify(): Promise<DeskNotification[]> {
    await this.ledger.verifier().verify();
    await this.raising.raise();
    return this.notified();
  }

  /** Writes notifications that wait a few seconds only; returns those written since the last call. */
  async notified(): Promise<DeskNotification[]> {
    await this.ledger.database.rows(
      `UPDATE alerts SET tell_at = now() WHERE tell_at < now() + interval '4 s' AND silenced_by IS NULL`,
    );
    await this.notifying.notifyDue();
    const rows = await this.ledger.database.rows<{ number: number; type: string; data: string }>(
      'SELECT number, type, data FROM notices WHERE number > $1 ORDER BY number',
      [this.seen],
    );
    this.seen = rows.at(-1)?.number ?? this.seen;
    return rows.map(({ type, data }) => ({ type, alert: JSON.parse(data) as Alert }));
  }

  async list(query: Record<string, unknown> = {}): Promise<Alert[]> {
    return (await this.alerts.list(alertsQuery.parse(query))).items;
  }

  subscribe(more: Record<string, unknown> = {}): Promise<Subscription & { secret?: string }> {
    const asked = { channel: 'webhook', url: 'https://hook.example.org/alerts', ...more };
    return this.subscriptions.subscribe(newSubscription.parse(asked));
  }

  /** What is on its way to a subscriber, in order. */
  async deliveries(subscription: string): Promise<{ type: string; wait: number; alert: string | null; id: string }[]> {
    await this.notices.route();
    return this.ledger.database.rows(
      `SELECT id, type, alert, EXTRACT(EPOCH FROM next_at - now())::double precision AS wait
         FROM deliveries WHERE subscription = $1 ORDER BY sequence`,
      [subscription],
    );
  }

  /** What records the results of attempts. */
  records(): RecordAttempts {
    const { database, journal } = this.ledger;
    return new RecordAttempts(database, journal, new DeliveryMetrics(database, new Metrics()));
  }

  /** What sends, over a network that reaches this machine only; @param timeLimit for one request, ms. */
  deliverer(timeLimit = 1_000, mail: MailChannel | null = null): DeliverDue {
    const sender = new SendMessage(new SafeRequest({ privateTargets: true }, { timeLimit }), this.keys, mail);
    const { database } = this.ledger;
    const bodies = new ComposeBody(database, this.config, this.changes, this.sight);
    return new DeliverDue(database, this.config, sender, bodies, this.records());
  }

  /** Sends what is due and waits until that is done. */
  async deliver(deliverer: DeliverDue): Promise<void> {
    await this.notices.route();
    await deliverer.serveDue();
    await deliverer.idle();
  }
}
