import { Injectable } from '@nestjs/common';
import type { Repository } from 'typeorm';
import * as z from 'zod';
import { actorOf, managedBy, manages } from '../../../core/access/owner.js';
import { requestTime } from '../../../core/api/values.js';
import { AditError, requestInvalid } from '../../../core/errors.js';
import type { Page } from '../../../core/api/page.js';
import type {
  ChangedSubscription,
  CreatedSubscription,
  NewSubscription,
  RotatedSecret,
  Subscription,
} from '../../../core/api/alerts/subscription.js';
import { AlertSight } from '../../alerts/alert-sight.js';
import { Config } from '../../config/config.js';
import type { Transaction } from '../../database/connections.js';
import { Database } from '../../database/database.js';
import { Journal } from '../../journal/journal.js';
import { ownerNow } from '../../http/viewing.js';
import { type PageQuery, decodeCursor, pageOf } from '../../http/paging.js';
import { TargetRefused, checkTarget } from '../safe-request.js';
import { subscriptionOf } from './subscription.js';
import { SubscriptionRow } from './subscription.entity.js';
import { WebhookKeys } from './webhook-keys.js';

/** Subscriptions of one ledger at most. */
const SUBSCRIPTION_LIMIT = 1_000;
/** Subscriptions of one actor at most, so that none takes the place of others. */
const ACTOR_LIMIT = 50;

/** Time for which both secrets sign after a rotation, ms. */
const ROTATION = 24 * 60 * 60 * 1_000;

/** Position in the list: time as the database's own text, because microseconds decide, and id. */
const position = z.tuple([requestTime, z.uuid()]);

const missing = (id: string): AditError => new AditError('not-found', `There is no subscription ${id}.`);

/** Creates, lists, changes and ends subscriptions. */
@Injectable()
export class Subscribe {
  constructor(
    private readonly database: Database,
    private readonly keys: WebhookKeys,
    private readonly config: Config,
    private readonly journal: Journal,
    private readonly sight: AlertSight,
  ) {}

  /**
   * Creates a subscription and returns a webhook's secret, which is never shown again. Throws `request-invalid` for a
   * target that may not be reached.
   */
  async subscribe(asked: NewSubscription): Promise<CreatedSubscription> {
    if (asked.channel === 'webhook') this.checkUrl(asked.url);
    else this.checkMail('/channel');
    await this.sight.requireFilters(asked.filters ?? {});
    const owner = ownerNow();
    const row = await this.database.transaction(async (db) => {
      const subscriptions = db.repository(SubscriptionRow);
      await requireRoom(subscriptions, owner);
      const inserted = subscriptions.create({ ...rowOf(asked), owner });
      await subscriptions.insert(inserted);
      await this.journal.added(db, 'subscriptions', [inserted.id]);
      return subscriptions.findOneByOrFail({ id: inserted.id });
    });
    const secret = row.channel === 'webhook' ? { secret: this.keys.secretOf({ subscription: row.id, number: 1 }) } : {};
    return { ...this.shown(row), ...secret };
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<Subscription>> {
    const [at, id] = decodeCursor(cursor, position) ?? ['0001-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000'];
    const rows = await this.database.rows<SubscriptionRow & { position: string }>(
      `SELECT *, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
         FROM subscriptions WHERE (created_at, id) > ($1::timestamptz, $2::uuid) AND ${managedBy('$4', 'owner')}
        ORDER BY created_at, id LIMIT $3`,
      [at, id, limit + 1, ownerNow()],
    );
    return pageOf(
      rows,
      limit,
      (row) => [row.position, row.id],
      (row) => this.shown(row),
    );
  }

  /** Returns one subscription. Throws `not-found`. */
  async read(id: string): Promise<Subscription> {
    const row = await this.database.repository(SubscriptionRow).findOneBy({ id });
    if (row === null || !manages(ownerNow(), row.owner)) throw missing(id);
    return this.shown(row);
  }

  /** Changes a subscription. Enabling it again clears its failures. Throws `not-found`, `request-invalid`. */
  async change(id: string, asked: ChangedSubscription): Promise<Subscription> {
    const before = await this.read(id);
    const { channel } = before;
    if (asked.url !== undefined && channel !== 'webhook') throw requestInvalid('/url', 'Only a webhook has a URL.');
    if (asked.address !== undefined && channel !== 'mail')
      throw requestInvalid('/address', 'Only mail has an address.');
    if (asked.url !== undefined) this.checkUrl(asked.url);
    if (asked.filters !== undefined) await this.sight.requireFilters(asked.filters);
    const after = {
      ...before,
      ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
    };
    if (after.digestMinutes !== null && after.escalateAfterMinutes !== null)
      throw requestInvalid('/escalateAfterMinutes', 'A subscription to escalations has no digest: subscribe twice.');
    const renewed = asked.enabled === true && !before.enabled;
    const row = await this.write(id, {
      ...(asked.url === undefined ? {} : { url: asked.url }),
      address: after.address,
      label: after.label,
      language: after.language,
      filters: after.filters,
      digest_minutes: after.digestMinutes,
      quiet_hours: after.quietHours,
      escalation_minutes: after.escalateAfterMinutes,
      contact: after.contact,
      enabled: after.enabled,
      disabled_at: after.enabled ? null : () => 'COALESCE(disabled_at, now())',
      disabled_reason: after.enabled ? null : () => "COALESCE(disabled_reason, 'switched off by its owner')",
      ...(renewed ? { failures: 0, failing_since: null, paused_until: null } : {}),
    });
    return this.shown(row);
  }

  /** Creates a new secret and returns it this once; for a day the former one signs too. Throws `not-found`. */
  async rotateSecret(id: string): Promise<RotatedSecret> {
    const { channel } = await this.read(id);
    if (channel !== 'webhook') throw requestInvalid('', 'Only a webhook has a secret.');
    const row = await this.write(id, {
      secret_number: () => 'secret_number + 1',
      former_secret_until: () => `now() + ${ROTATION} * interval '1 millisecond'`,
    });
    return {
      ...this.shown(row),
      secret: this.keys.secretOf({ subscription: id, number: row.secret_number }),
      formerSecretUntil: (row.former_secret_until as Date).toISOString(),
    };
  }

  /** Ends a subscription and deletes its deliveries. Throws `not-found`. */
  async unsubscribe(id: string): Promise<void> {
    await this.database.transaction(async (db) => {
      const subscriptions = db.repository(SubscriptionRow);
      // Locked first, so that no delivery is made meanwhile; they go with it.
      const row = await locked(db, id);
      if (row === null || !manages(ownerNow(), row.owner)) throw missing(id);
      const { rows: deliveries } = await db.query<{ id: string }>('SELECT id FROM deliveries WHERE subscription = $1', [
        id,
      ]);
      await this.journal.change(db, 'subscriptions', [id], () => subscriptions.delete({ id }));
      await this.journal.removed(
        db,
        'deliveries',
        deliveries.map((one) => one.id),
      );
    });
  }

  /** Changes a subscription, notes that in the journal, and returns the row. Throws `not-found`. */
  private write(id: string, changes: Parameters<Repository<SubscriptionRow>['update']>[1]): Promise<SubscriptionRow> {
    return this.database.transaction(async (db) => {
      const subscriptions = db.repository(SubscriptionRow);
      await this.journal.change(db, 'subscriptions', [id], () => subscriptions.update({ id }, changes));
      const row = await subscriptions.findOneBy({ id });
      if (row === null) throw missing(id);
      return row;
    });
  }

  private shown(row: SubscriptionRow): Subscription {
    const webhook = row.channel === 'webhook';
    const publicKey = webhook ? this.keys.publicKeyOf({ subscription: row.id, number: row.secret_number }) : null;
    return subscriptionOf(row, publicKey);
  }

  private checkUrl(url: string): void {
    try {
      checkTarget(url, { privateTargets: this.config.webhookPrivateTargets });
    } catch (error) {
      if (!(error instanceof TargetRefused)) throw error;
      throw requestInvalid('/url', error.message);
    }
  }

  private checkMail(pointer: string): void {
    if (this.config.smtpUrl === null) throw requestInvalid(pointer, 'This service sends no mail: SMTP_URL is not set.');
  }
}

/** Checks that an owner may have one more subscription. Throws `request-invalid`. */
async function requireRoom(subscriptions: Repository<SubscriptionRow>, owner: string | null): Promise<void> {
  const actor = actorOf(owner);
  if (actor !== null && (await subscriptions.countBy({ owner: actor })) >= ACTOR_LIMIT)
    throw new AditError('request-invalid', `You have ${ACTOR_LIMIT} subscriptions already; end one first.`);
  if ((await subscriptions.count()) >= SUBSCRIPTION_LIMIT)
    throw new AditError('request-invalid', `There are ${SUBSCRIPTION_LIMIT} subscriptions already; end one first.`);
}

/** Returns the subscription and locks it until the end of the transaction; null if there is none. */
const locked = (db: Transaction, id: string): Promise<SubscriptionRow | null> =>
  db.repository(SubscriptionRow).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });

const rowOf = (asked: NewSubscription): Partial<SubscriptionRow> => ({
  channel: asked.channel,
  url: asked.channel === 'webhook' ? asked.url : null,
  address: asked.channel === 'mail' ? asked.address : null,
  label: asked.label ?? null,
  language: asked.language ?? 'en',
  filters: asked.filters ?? {},
  digest_minutes: asked.digestMinutes ?? null,
  quiet_hours: asked.quietHours ?? null,
  escalation_minutes: asked.escalateAfterMinutes ?? null,
  contact: asked.contact ?? null,
});
