import { Injectable } from '@nestjs/common';
import { actorOf, viewerOf } from '../../core/access/owner.js';
import { AlertSight, type StoredNotice } from '../alerts/alert-sight.js';
import { ChangeAlert } from '../alerts/change-alert.js';
import { noticeData } from '../alerts/notice.js';
import { selectAlerts } from '../alerts/alert.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { rankInSql } from '../database/severity-rank.js';
import { asViewer } from '../http/viewing.js';
import type { Claim, ClaimedDelivery } from './claim-deliveries.js';

/** Alerts that a digest names at most; it counts all. */
const IN_DIGEST = 25;
/** Bytes of a digest's alerts at most, so that the message stays below 20 kB (Standard Webhooks). */
const DIGEST_BYTES = 16_000;

/** What is to be done with a message that is due: to send it, or nothing because nothing is left that its owner may see. */
type Composed = { body: string } | 'dropped' | 'withheld';

const message = (type: string, data: object | string): string =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(new Date().toISOString())},"data":${
    typeof data === 'string' ? data : JSON.stringify(data)
  }}`;

/**
 * Composes, at the first attempt, the bodies of messages that are not a notification as it is stored: escalations, digests,
 * and what an actor may see of a notification. They are stored, so that every attempt sends the same.
 */
@Injectable()
export class ComposeBody {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly changes: ChangeAlert,
    private readonly sight: AlertSight,
  ) {}

  /** Returns a claim with the bodies of all notifications to an actor that it may see now. */
  async ofNotices(claim: Claim): Promise<Claim> {
    const { owner } = claim.endpoint;
    const waiting = claim.deliveries.filter(({ body }) => body === null).map(({ id }) => id);
    if (actorOf(owner) === null || waiting.length === 0) return claim;
    const rows = await this.database.rows<DeliveredNotice>(
      `SELECT d.id, d.type, to_json(n.at)::text AS at, n.rule, n.lots, n.data
         FROM deliveries AS d JOIN notices AS n ON n.number = d.number WHERE d.id = ANY($1::uuid[]) AND d.type <> 'alert.escalated'`,
      [waiting],
    );
    const shown = await asViewer(viewerOf(owner), () => this.sight.shownNotices(rows));
    const bodies = new Map<string, string>();
    for (const [i, { id, type, at }] of rows.entries()) {
      const data = shown[i] ?? null;
      if (data !== null) bodies.set(id, `{"type":${JSON.stringify(type)},"timestamp":${at},"data":${data}}`);
    }
    await this.store(bodies);
    return {
      ...claim,
      deliveries: claim.deliveries.map((one) => ({ ...one, body: one.body ?? bodies.get(one.id) ?? null })),
    };
  }

  /** Composes the body of one message that has none. */
  async compose(owner: string | null, { id, type, alert }: ClaimedDelivery): Promise<Composed> {
    return asViewer(viewerOf(owner), async () => {
      if (type === 'alert.escalated') return this.escalation(id, alert);
      // `ofNotices` has composed all other notifications that the owner may see.
      return type === 'alert.digest' ? this.digest(id) : 'withheld';
    });
  }

  private async store(bodies: ReadonlyMap<string, string>): Promise<void> {
    if (bodies.size === 0) return;
    await this.database.query(
      `UPDATE deliveries AS d SET body = b.body FROM unnest($1::uuid[], $2::text[]) AS b (id, body) WHERE d.id = b.id`,
      [[...bodies.keys()], [...bodies.values()]],
    );
  }

  /** Composes an escalation of the alert's present state. */
  private async escalation(delivery: string, id: string | null): Promise<Composed> {
    const { publicUrl } = this.config;
    const stillOpen = "a.id = $1 AND shown.status = 'open' AND a.inhibited_by IS NULL AND a.silenced_by IS NULL";
    const [waiting] = await selectAlerts(this.database, publicUrl, stillOpen, [id]);
    if (waiting === undefined) return 'dropped';
    if (!(await this.sight.sees(waiting.alert))) return 'withheld';
    await this.changes.escalated([waiting.alert.id]);
    const [now] = await selectAlerts(this.database, publicUrl, 'a.id = $1', [id]);
    const alert = await this.sight.shown((now ?? waiting).alert);
    const body = message('alert.escalated', noticeData(alert));
    await this.store(new Map([[delivery, body]]));
    return { body };
  }

  /**
   * Composes a digest of the last notification of each alert, the gravest first. The row is locked, so that no
   * notification is added meanwhile.
   */
  private digest(id: string): Promise<Composed> {
    return this.database.transaction(async (db) => {
      const { rows: own } = await db.query<{ body: string | null }>(
        'SELECT body FROM deliveries WHERE id = $1 FOR UPDATE',
        [id],
      );
      if (own[0] === undefined) return 'dropped';
      if (own[0].body !== null) return { body: own[0].body };
      const shown = await this.shownRows(db, await digestRows(db, id));
      if (shown.length === 0) return 'withheld';
      const body = message('alert.digest', digestData(shown));
      await db.query('UPDATE deliveries SET body = $2 WHERE id = $1', [id, body]);
      return { body };
    });
  }

  private async shownRows(db: Queryable, rows: readonly DigestRow[]): Promise<DigestRow[]> {
    const shown = await this.sight.shownNotices(rows, db);
    return rows.flatMap((row, i) => {
      const data = shown[i] ?? null;
      return data === null ? [] : [{ ...row, data }];
    });
  }
}

interface DeliveredNotice extends StoredNotice, Record<string, unknown> {
  id: string;
  type: string;
  /** As JSON. */
  at: string;
}

interface DigestRow extends StoredNotice, Record<string, unknown> {
  alert: string;
  type: string;
  at: Date;
  severity: string;
}

async function digestRows(db: Queryable, id: string): Promise<DigestRow[]> {
  const { rows } = await db.query<DigestRow>(
    `SELECT * FROM (
       SELECT DISTINCT ON (n.alert) n.alert, n.type, n.at, n.rule, n.severity, n.lots, n.data
         FROM delivery_notices AS i JOIN notices AS n USING (number)
        WHERE i.delivery = $1 ORDER BY n.alert, n.number DESC) AS latest
      ORDER BY ${rankInSql('severity')} DESC, at`,
    [id],
  );
  return rows;
}

function digestData(rows: readonly DigestRow[]): object {
  const bySeverity: Record<string, number> = {};
  for (const { severity } of rows) bySeverity[severity] = (bySeverity[severity] ?? 0) + 1;
  const times = rows.map(({ at }) => at.getTime());
  const alerts: object[] = [];
  let bytes = 0;
  for (const { type, data } of rows.slice(0, IN_DIGEST)) {
    const {
      lots,
      events,
      evidence: _evidence,
      ...alert
    } = JSON.parse(data) as { lots: string[]; events: string[]; evidence: object[] };
    const shortened = { type, ...alert, lots: lots.slice(0, 3), events: events.slice(0, 3), evidence: [] };
    bytes += Buffer.byteLength(JSON.stringify(shortened));
    if (bytes > DIGEST_BYTES) break;
    alerts.push(shortened);
  }
  return {
    from: new Date(Math.min(...times)).toISOString(),
    to: new Date(Math.max(...times)).toISOString(),
    count: rows.length,
    bySeverity,
    alerts,
    more: rows.length - alerts.length,
  };
}

/** Composes a test message. */
export const testBody = (subscription: string): string =>
  message('subscription.test', { subscription, message: 'This is a test: messages of this subscription arrive.' });

/** Composes the message to the contact that an endpoint is disabled. */
export const disabledBody = (endpoint: {
  subscription: string;
  url: string;
  since: string;
  reason: 'failing' | 'gone';
}): string => message('subscription.disabled', endpoint);
