import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { requestTime } from '../../core/api/values.js';
import { AditError } from '../../core/errors.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { type Page, type PageQuery, decodeCursor, pageOf } from '../http/paging.js';
import { TargetRefused, checkTarget } from './safe-request.js';
import {
  type ChangedSubscription,
  type NewSubscription,
  type Subscription,
  type SubscriptionRow,
  subscriptionOf,
} from './subscription.js';
import { WebhookKeys } from './webhook-keys.js';

/** Subscriptions of one ledger at most. */
const SUBSCRIPTION_LIMIT = 1_000;

/** Time for which both secrets sign after a rotation, ms. */
const ROTATION = 24 * 60 * 60 * 1_000;

/** Position in the list: time as the database's own text, because microseconds decide, and id. */
const position = z.tuple([requestTime, z.uuid()]);

const invalid = (pointer: string, detail: string): AditError =>
  new AditError('request-invalid', detail, [{ pointer, code: 'request-invalid', detail }]);

const missing = (id: string): AditError => new AditError('not-found', `There is no subscription ${id}.`);

/** Creates, lists, changes and ends subscriptions. */
@Injectable()
export class Subscribe {
  constructor(
    private readonly database: Database,
    private readonly keys: WebhookKeys,
    private readonly config: Config,
    private readonly journal: Journal,
  ) {}

  /**
   * Creates a subscription and returns a webhook's secret, which is never shown again. Throws `request-invalid` for a
   * target that may not be reached.
   */
  async subscribe(asked: NewSubscription): Promise<Subscription & { secret?: string }> {
    if (asked.channel === 'webhook') this.checkUrl(asked.url);
    else this.checkMail('/channel');
    const row = await this.database.transaction(async (db) => {
      const inserted = await insert(db, asked);
      await this.journal.added(
        db,
        'subscriptions',
        inserted.map(({ id }) => id),
      );
      return inserted[0];
    });
    if (row === undefined)
      throw new AditError('request-invalid', `There are ${SUBSCRIPTION_LIMIT} subscriptions already; end one first.`);
    const secret = row.channel === 'webhook' ? { secret: this.keys.secretOf({ subscription: row.id, number: 1 }) } : {};
    return { ...this.shown(row), ...secret };
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<Subscription>> {
    const [at, id] = decodeCursor(cursor, position) ?? ['0001-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000'];
    const rows = await this.database.rows<SubscriptionRow & { position: string }>(
      `SELECT *, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
         FROM subscriptions WHERE (created_at, id) > ($1::timestamptz, $2::uuid) ORDER BY created_at, id LIMIT $3`,
      [at, id, limit + 1],
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
    const [row] = await this.database.rows<SubscriptionRow & Record<string, unknown>>(
      'SELECT * FROM subscriptions WHERE id = $1',
      [id],
    );
    if (row === undefined) throw missing(id);
    return this.shown(row);
  }

  /** Changes a subscription. Enabling it again clears its failures. Throws `not-found`, `request-invalid`. */
  async change(id: string, asked: ChangedSubscription): Promise<Subscription> {
    const before = await this.read(id);
    const { channel } = before;
    if (asked.url !== undefined && channel !== 'webhook') throw invalid('/url', 'Only a webhook has a URL.');
    if (asked.address !== undefined && channel !== 'mail') throw invalid('/address', 'Only mail has an address.');
    if (asked.url !== undefined) this.checkUrl(asked.url);
    const after = {
      ...before,
      ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
    };
    if (after.digestMinutes !== null && after.escalateAfterMinutes !== null)
      throw invalid('/escalateAfterMinutes', 'A subscription to escalations has no digest: subscribe twice.');
    const renewed = asked.enabled === true && !before.enabled;
    const row = await this.write<SubscriptionRow>(
      id,
      `UPDATE subscriptions SET url = COALESCE($2, url), address = $3, label = $4, language = $5, filters = $6, digest_minutes = $7,
              quiet_hours = $8, escalation_minutes = $9, contact = $10, enabled = $11,
              failures = CASE WHEN $12 THEN 0 ELSE failures END,
              failing_since = CASE WHEN $12 THEN NULL ELSE failing_since END,
              paused_until = CASE WHEN $12 THEN NULL ELSE paused_until END,
              disabled_at = CASE WHEN $11 THEN NULL ELSE COALESCE(disabled_at, now()) END,
              disabled_reason = CASE WHEN $11 THEN NULL ELSE COALESCE(disabled_reason, 'switched off by its owner') END
        WHERE id = $1 RETURNING *`,
      [
        asked.url ?? null,
        after.address,
        after.label,
        after.language,
        after.filters,
        after.digestMinutes,
        after.quietHours,
        after.escalateAfterMinutes,
        after.contact,
        after.enabled,
        renewed,
      ],
    );
    if (row === undefined) throw missing(id);
    return this.shown(row);
  }

  /** Creates a new secret and returns it this once; for a day the former one signs too. Throws `not-found`. */
  async rotateSecret(id: string): Promise<Subscription & { secret: string; formerSecretUntil: string }> {
    const { channel } = await this.read(id);
    if (channel !== 'webhook') throw invalid('', 'Only a webhook has a secret.');
    const row = await this.write<SubscriptionRow & { former_secret_until: Date }>(
      id,
      `UPDATE subscriptions SET secret_number = secret_number + 1,
              former_secret_until = now() + $2 * interval '1 millisecond'
        WHERE id = $1 RETURNING *`,
      [ROTATION],
    );
    if (row === undefined) throw missing(id);
    return {
      ...this.shown(row),
      secret: this.keys.secretOf({ subscription: id, number: row.secret_number }),
      formerSecretUntil: row.former_secret_until.toISOString(),
    };
  }

  /** Ends a subscription and deletes its deliveries. Throws `not-found`. */
  async unsubscribe(id: string): Promise<void> {
    await this.database.transaction(async (db) => {
      // Locked first, so that no delivery is made meanwhile; they go with it.
      const { rows } = await db.query('SELECT FROM subscriptions WHERE id = $1 FOR UPDATE', [id]);
      if (rows.length === 0) throw missing(id);
      const { rows: deliveries } = await db.query<{ id: string }>('SELECT id FROM deliveries WHERE subscription = $1', [
        id,
      ]);
      await this.journal.change(db, 'subscriptions', [id], () =>
        db.query('DELETE FROM subscriptions WHERE id = $1', [id]),
      );
      await this.journal.removed(
        db,
        'deliveries',
        deliveries.map((one) => one.id),
      );
    });
  }

  /** Changes the row of a subscription, which is the first value, and notes that in the journal. */
  private write<T extends object>(id: string, sql: string, values: unknown[]): Promise<T | undefined> {
    return this.database.transaction((db) =>
      this.journal.change(db, 'subscriptions', [id], async () => {
        const { rows } = await db.query<T & Record<string, unknown>>(sql, [id, ...values]);
        return rows[0];
      }),
    );
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
      throw invalid('/url', error.message);
    }
  }

  private checkMail(pointer: string): void {
    if (this.config.smtpUrl === null) throw invalid(pointer, 'This service sends no mail: SMTP_URL is not set.');
  }
}

async function insert(db: Queryable, asked: NewSubscription): Promise<SubscriptionRow[]> {
  const { rows } = await db.query<SubscriptionRow & Record<string, unknown>>(
    `INSERT INTO subscriptions (channel, url, address, label, language, filters, digest_minutes, quiet_hours,
                                escalation_minutes, contact)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE (SELECT count(*) FROM subscriptions) < $11
     RETURNING *`,
    [
      asked.channel,
      asked.channel === 'webhook' ? asked.url : null,
      asked.channel === 'mail' ? asked.address : null,
      asked.label ?? null,
      asked.language ?? 'en',
      asked.filters ?? {},
      asked.digestMinutes ?? null,
      asked.quietHours ?? null,
      asked.escalateAfterMinutes ?? null,
      asked.contact ?? null,
      SUBSCRIPTION_LIMIT,
    ],
  );
  return rows;
}
