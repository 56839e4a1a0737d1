import { Injectable } from '@nestjs/common';
import type { Severity } from '../../core/rules/engine/rule.js';
import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';
import type { QuietHours } from '../../core/api/alerts/subscription.js';
import { matching } from '../alerts/alert-filter.js';
import type { NoticeType } from '../alerts/notice.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { OwnSilences, ownersToTell } from './owners-to-tell.js';
import { afterQuiet } from './quiet-hours.js';

/** Notifications routed in one transaction at most. */
const CHUNK = 200;
const MINUTE = 60_000;

interface NoticeRow {
  number: number;
  alert: string;
  type: NoticeType;
  rule: string;
  severity: Severity;
  minerals: string[];
  sites: string[];
  countries: string[];
  lots: string[];
  ordering_key: string;
  /** The alert as JSON. */
  data: string;
}

interface SubscriberRow {
  id: string;
  owner: string | null;
  filters: AlertFilters;
  digest_minutes: number | null;
  quiet_hours: QuietHours | null;
  escalation_minutes: number | null;
}

/** One notification for one subscriber. */
interface Route {
  subscription: string;
  notice: NoticeRow;
  type: string;
  /** Time of sending, ms since 1970 UTC. */
  at: number;
}

/**
 * Creates a delivery of each notification for each subscriber whose filters match. The cursor moves in the same
 * transaction, so no notification is lost or sent twice if a job is lost, repeated or run twice at once.
 */
@Injectable()
export class RouteNotices {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  async route(): Promise<void> {
    while ((await this.database.transaction((db) => routeChunk(db, this.journal))) > 0);
  }

  /**
   * Sends a subscriber all messages since a time again: delivered and exhausted ones under the same ids, and those from
   * before the subscription. Returns their number.
   */
  async again(subscription: string, since: string): Promise<number> {
    return this.database.transaction(async (db) => {
      await lockCursor(db);
      const { rowCount } = await db.query(
        `UPDATE deliveries SET status = 'pending', step = 0, next_at = now()
          WHERE subscription = $1 AND created_at >= $2 AND status IN ('delivered', 'exhausted')`,
        [subscription, since],
      );
      const { rows: notices } = await db.query<NoticeRow>(
        `SELECT n.* FROM notices AS n WHERE n.at >= $2 AND n.number <= (SELECT number FROM routing_cursor)
            AND NOT EXISTS (SELECT FROM deliveries AS d WHERE d.subscription = $1 AND d.number = n.number)
            AND NOT EXISTS (SELECT FROM delivery_notices AS i JOIN deliveries AS d ON d.id = i.delivery
                             WHERE d.subscription = $1 AND i.number = n.number)
          ORDER BY n.number LIMIT 10000`,
        [subscription, since],
      );
      const { rows: subscribers } = await db.query<SubscriberRow>(`${SUBSCRIBERS} AND id = $1`, [subscription]);
      // This sends what silences of the owner held back.
      return (rowCount ?? 0) + (await send(db, notices, subscribers, { journal: this.journal, silences: null }));
    });
  }
}

const SUBSCRIBERS = `SELECT id, owner, filters, digest_minutes, quiet_hours, escalation_minutes FROM subscriptions WHERE enabled`;

async function lockCursor(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ number: number }>('SELECT number FROM routing_cursor FOR UPDATE');
  if (rows[0] === undefined) throw new Error('The row that holds the cursor of the deliveries is missing.');
  return rows[0].number;
}

async function routeChunk(db: Queryable, journal: Journal): Promise<number> {
  const cursor = await lockCursor(db);
  const { rows: notices } = await db.query<NoticeRow>(
    'SELECT * FROM notices WHERE number > $1 ORDER BY number LIMIT $2',
    [cursor, CHUNK],
  );
  const last = notices.at(-1);
  if (last === undefined) return 0;
  const { rows: subscribers } = await db.query<SubscriberRow>(`${SUBSCRIBERS} ORDER BY id`);
  const silences = await OwnSilences.of(
    db,
    subscribers.map(({ owner }) => owner),
  );
  await send(db, notices, subscribers, { journal, silences });
  await db.query('UPDATE routing_cursor SET number = $1', [last.number]);
  return notices.length;
}

interface Sending {
  journal: Journal;
  /** Silences of the owners; null: none counts. */
  silences: OwnSilences | null;
}

async function send(
  db: Queryable,
  notices: readonly NoticeRow[],
  subscribers: readonly SubscriberRow[],
  { journal, silences }: Sending,
): Promise<number> {
  const now = Date.now();
  const routed: Route[] = [];
  const digested: { subscriber: SubscriberRow; number: number }[] = [];
  const mayBeTold = await ownersToTell(
    db,
    notices,
    subscribers.map(({ owner }) => owner),
  );
  for (const [n, notice] of notices.entries()) {
    const alert = { ...notice, facets: notice };
    const allowed = subscribers.filter(({ owner }) => mayBeTold[n]?.(owner) === true);
    const held = await silences?.holdingBack(db, alert);
    const asking = allowed.filter(({ owner }) => owner === null || held?.has(owner) !== true);
    const met = await matching(
      db,
      alert,
      asking.map(({ filters }) => filters),
    );
    for (const subscriber of asking.filter((_, i) => met[i] === true)) {
      if (subscriber.digest_minutes === null) routed.push(...toOne(subscriber, notice, now));
      else digested.push({ subscriber, number: notice.number });
    }
  }
  const begun = await digest(db, digested, now);
  const inserted = await insert(db, routed);
  await journal.added(db, 'deliveries', [...begun, ...inserted]);
  return digested.length + inserted.length;
}

/** Routes a notification to a subscriber without a digest: at once, or escalated after a time without acknowledgement. */
function toOne(subscriber: SubscriberRow, notice: NoticeRow, now: number): Route[] {
  const one = { subscription: subscriber.id, notice };
  const quiet = notice.severity === 'critical' ? null : subscriber.quiet_hours;
  if (subscriber.escalation_minutes === null) return [{ ...one, type: notice.type, at: afterQuiet(now, quiet) }];
  // Whether the alert was acknowledged is checked when the message is due.
  if (notice.type === 'alert.opened' || notice.type === 'alert.regressed')
    return [{ ...one, type: 'alert.escalated', at: afterQuiet(now + subscriber.escalation_minutes * MINUTE, quiet) }];
  return notice.type === 'alert.updated' ? [] : [{ ...one, type: notice.type, at: afterQuiet(now, quiet) }];
}

/** A subscriber to escalations gets later changes only of alerts that were escalated to it. Returns the ids of the deliveries. */
async function insert(db: Queryable, routed: readonly Route[]): Promise<string[]> {
  if (routed.length === 0) return [];
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO deliveries (subscription, alert, number, type, ordering_key, next_at)
     SELECT r.subscription, r.alert, r.number, r.type, r.ordering_key, to_timestamp(r.at / 1000.0)
       FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
            WITH ORDINALITY AS r (subscription, alert, number, type, ordering_key, at, n)
       JOIN subscriptions AS s ON s.id = r.subscription
      WHERE s.escalation_minutes IS NULL OR r.type = 'alert.escalated'
         OR EXISTS (SELECT FROM deliveries AS d WHERE d.subscription = s.id AND d.alert = r.alert
                       AND d.type = 'alert.escalated' AND d.attempts > 0)
      ORDER BY r.n
     ON CONFLICT (subscription, number, type) DO NOTHING RETURNING id`,
    [
      routed.map(({ subscription }) => subscription),
      routed.map(({ notice }) => notice.alert),
      routed.map(({ notice }) => notice.number),
      routed.map(({ type }) => type),
      routed.map(({ notice }) => notice.ordering_key),
      routed.map(({ at }) => at),
    ],
  );
  return rows.map(({ id }) => id);
}

/** Adds notifications to each subscriber's open digest; the first one creates it. Returns the digests that were created. */
async function digest(
  db: Queryable,
  digested: readonly { subscriber: SubscriberRow; number: number }[],
  now: number,
): Promise<string[]> {
  const begun: string[] = [];
  for (const subscriber of new Set(digested.map((one) => one.subscriber))) {
    const items = digested.filter((one) => one.subscriber === subscriber);
    const open = await db.query<{ id: string }>(
      `SELECT id FROM deliveries WHERE subscription = $1 AND type = 'alert.digest' AND status = 'pending' AND body IS NULL
        FOR UPDATE`,
      [subscriber.id],
    );
    const at = afterQuiet(now + (subscriber.digest_minutes ?? 0) * MINUTE, subscriber.quiet_hours);
    const { rows } =
      open.rows.length > 0
        ? open
        : await db.query<{ id: string }>(
            `INSERT INTO deliveries (subscription, type, ordering_key, next_at)
             VALUES ($1, 'alert.digest', 'digest', to_timestamp($2 / 1000.0)) RETURNING id`,
            [subscriber.id, at],
          );
    if (open.rows.length === 0) begun.push(...rows.map(({ id }) => id));
    await db.query(
      'INSERT INTO delivery_notices (delivery, number) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING',
      [rows[0]?.id, items.map(({ number }) => number)],
    );
  }
  return begun;
}
