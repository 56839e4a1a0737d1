import { ChangeAlert } from '../alerts/change-alert.js';
import { noticeData } from '../alerts/notice.js';
import { selectAlerts } from '../alerts/alert.js';
import type { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { rankInSql } from '../database/severity-rank.js';

/** Alerts that a digest names at most; it counts all. */
const IN_DIGEST = 25;
/** Bytes of a digest's alerts at most, so that the message stays below 20 kB (Standard Webhooks). */
const DIGEST_BYTES = 16_000;

export interface BodyInput {
  id: string;
  type: string;
  alert: string | null;
}

const message = (type: string, data: object | string): string =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(new Date().toISOString())},"data":${
    typeof data === 'string' ? data : JSON.stringify(data)
  }}`;

/**
 * Composes the body of a message that is not a single notification, at its first attempt: an escalation with the
 * alert's present state, or a digest. Returns null if there is nothing left to send.
 */
export async function composeBody(
  database: Database,
  changes: ChangeAlert,
  publicUrl: string,
  delivery: BodyInput,
): Promise<string | null> {
  if (delivery.type === 'alert.escalated') return escalation(database, changes, publicUrl, delivery.alert);
  return database.transaction((db) => digest(db, delivery.id));
}

/** Returns null if the alert was acknowledged or resolved meanwhile. */
async function escalation(
  database: Database,
  changes: ChangeAlert,
  publicUrl: string,
  id: string | null,
): Promise<string | null> {
  const stillOpen = "a.id = $1 AND a.status = 'open' AND a.inhibited_by IS NULL AND a.silenced_by IS NULL";
  const [waiting] = await selectAlerts(database, publicUrl, stillOpen, [id]);
  if (waiting === undefined) return null;
  await changes.escalated([waiting.alert.id]);
  const [alert] = await selectAlerts(database, publicUrl, 'a.id = $1', [id]);
  return message('alert.escalated', noticeData((alert ?? waiting).alert));
}

interface DigestRow {
  alert: string;
  type: string;
  at: Date;
  severity: string;
  data: string;
}

/**
 * Composes a digest of the last notification of each alert, the gravest first. The row is locked, so that no
 * notification is added meanwhile.
 */
async function digest(db: Queryable, id: string): Promise<string | null> {
  const { rows: own } = await db.query<{ body: string | null }>(
    'SELECT body FROM deliveries WHERE id = $1 FOR UPDATE',
    [id],
  );
  if (own[0] === undefined || own[0].body !== null) return own[0]?.body ?? null;
  const { rows } = await db.query<DigestRow>(
    `SELECT * FROM (
       SELECT DISTINCT ON (n.alert) n.alert, n.type, n.at, n.severity, n.data FROM delivery_notices AS i JOIN notices AS n USING (number)
        WHERE i.delivery = $1 ORDER BY n.alert, n.number DESC) AS latest
      ORDER BY ${rankInSql('severity')} DESC, at`,
    [id],
  );
  const body = message('alert.digest', digestData(rows));
  await db.query('UPDATE deliveries SET body = $2 WHERE id = $1', [id, body]);
  return body;
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
