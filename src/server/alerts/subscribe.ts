import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { type RequestPolicy, TargetRefused, checkTarget } from './safe-request.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** Webhooks that one ledger delivers to at most, until there are tenants to count them by. */
const SUBSCRIPTION_LIMIT = 1_000;

export interface Subscription {
  id: string;
  channel: 'webhook';
  url: string;
  enabled: boolean;
  createdAt: string;
}

interface SubscriptionRow {
  id: string;
  channel: 'webhook';
  url: string;
  enabled: boolean;
  created_at: Date;
}

const subscriptionOf = ({ created_at, ...row }: SubscriptionRow): Subscription => ({
  ...row,
  createdAt: created_at.toISOString(),
});

/** Who is told: registers webhooks, lists them, ends them. */
@Injectable()
export class Subscribe {
  constructor(
    private readonly database: Database,
    private readonly secrets: WebhookSecrets,
    private readonly policy: RequestPolicy,
  ) {}

  /** The secret is shown here and never again. Throws `request-invalid` for a target that may not be reached. */
  async subscribe(url: string): Promise<Subscription & { secret: string }> {
    try {
      checkTarget(url, this.policy);
    } catch (error) {
      if (!(error instanceof TargetRefused)) throw error;
      throw new AditError('request-invalid', error.message, [
        { pointer: '/url', code: 'request-invalid', detail: error.message },
      ]);
    }
    const { rows } = await this.database.pool.query<SubscriptionRow>(
      `INSERT INTO subscriptions (channel, url)
       SELECT 'webhook', $1 WHERE (SELECT count(*) FROM subscriptions) < $2
       RETURNING id, channel, url, enabled, created_at`,
      [url, SUBSCRIPTION_LIMIT],
    );
    if (rows[0] === undefined)
      throw new AditError('request-invalid', `There are ${SUBSCRIPTION_LIMIT} subscriptions already; end one first.`);
    return { ...subscriptionOf(rows[0]), secret: this.secrets.of(rows[0].id) };
  }

  async list(): Promise<Subscription[]> {
    const { rows } = await this.database.pool.query<SubscriptionRow>(
      'SELECT id, channel, url, enabled, created_at FROM subscriptions ORDER BY created_at, id',
    );
    return rows.map(subscriptionOf);
  }

  /** Ends a subscription and what was under way to it. Throws `not-found`. */
  async unsubscribe(id: string): Promise<void> {
    const { rowCount } = await this.database.pool.query('DELETE FROM subscriptions WHERE id = $1', [id]);
    if (rowCount === 0) throw new AditError('not-found', `There is no subscription ${id}.`);
  }
}
