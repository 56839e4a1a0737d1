import { randomUUID } from 'node:crypto';
import type { Queryable } from '../database/rows.js';
import { batchFor } from './retry-schedule.js';
import type { Language } from './words/index.js';

/** Messages of one subscriber that are taken at once. */
const BATCH = 128;
/** A try that never came back (its process died) is made again after this, ms; longer than any batch takes. */
const LEASE = 90_000;

/** A subscriber as far as sending to it asks. */
export interface Endpoint {
  id: string;
  channel: 'webhook' | 'mail';
  url: string | null;
  address: string | null;
  contact: string | null;
  language: Language;
  failures: number;
  /** Of its secrets, those that sign now: the newest, and for a while the one before. */
  secrets: number[];
}

/** A message that is due, and taken. */
export interface Claimed {
  id: string;
  type: string;
  alert: string | null;
  attempts: number;
  step: number;
  /** Null where it is to be composed first. */
  body: string | null;
}

export interface Claim {
  endpoint: Endpoint;
  claim: string;
  deliveries: Claimed[];
}

interface EndpointRow extends Omit<Endpoint, 'secrets'> {
  secret_number: number;
  rotating: boolean;
}

/**
 * Takes messages of one subscriber that are due, for the length of a lease: whoever else comes meanwhile finds them taken.
 * Of those that share an ordering key only the first is due, however long it takes. An endpoint that keeps failing is
 * given few at a time, and none while it is paused.
 */
export async function claimDeliveries(db: Queryable, subscription: string): Promise<Claim | null> {
  const { rows } = await db.query<EndpointRow>(
    `SELECT id, channel, url, address, contact, language, failures, secret_number,
            COALESCE(former_secret_until > now(), false) AS rotating
       FROM subscriptions WHERE id = $1`,
    [subscription],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { secret_number, rotating, ...endpoint } = row;
  const claim = randomUUID();
  const { rows: deliveries } = await db.query<Claimed & { sequence: number }>(
    `WITH due AS (
       SELECT d.id FROM deliveries AS d JOIN subscriptions AS s ON s.id = d.subscription
        WHERE d.subscription = $1 AND d.status = 'pending' AND d.next_at <= now() AND ${MAY_BE_SENT}
          AND NOT EXISTS (SELECT FROM deliveries AS before
                           WHERE before.subscription = $1 AND before.ordering_key = d.ordering_key
                             AND before.status = 'pending' AND before.sequence < d.sequence)
        ORDER BY d.next_at, d.sequence LIMIT $3 FOR UPDATE OF d SKIP LOCKED
     ), taken AS (
       UPDATE deliveries AS d SET next_at = now() + $4 * interval '1 millisecond', attempts = d.attempts + 1,
              step = d.step + 1, claim = $2
         FROM due WHERE d.id = due.id RETURNING d.*
     )
     SELECT t.id, t.type, t.alert, t.attempts, t.step, t.sequence,
            COALESCE(t.body, CASE WHEN t.type = 'alert.escalated' THEN NULL ELSE
              '{"type":' || to_json(t.type) || ',"timestamp":' || to_json(n.at) || ',"data":' || n.data || '}' END) AS body
       FROM taken AS t LEFT JOIN notices AS n ON n.number = t.number ORDER BY t.sequence`,
    [subscription, claim, batchFor(endpoint.failures, BATCH), LEASE],
  );
  const secrets = rotating ? [secret_number, secret_number - 1] : [secret_number];
  return { endpoint: { ...endpoint, secrets }, claim, deliveries };
}

/** News that an endpoint is switched off goes to somebody else, so it goes all the same. */
const MAY_BE_SENT = `(s.enabled AND (s.paused_until IS NULL OR s.paused_until <= now()) OR d.type = 'subscription.disabled')`;

/** Subscribers for whom something is due. */
export async function subscribersDue(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT s.id FROM subscriptions AS s
      WHERE EXISTS (SELECT FROM deliveries AS d WHERE d.subscription = s.id AND d.status = 'pending' AND d.next_at <= now()
                       AND ${MAY_BE_SENT})`,
  );
  return rows.map(({ id }) => id);
}

/** Gives back what was taken and not tried. */
export async function giveBack(db: Queryable, claim: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.query(
    `UPDATE deliveries SET next_at = now(), attempts = attempts - 1, step = step - 1, claim = NULL
      WHERE id = ANY($1::uuid[]) AND claim = $2 AND status = 'pending'`,
    [ids, claim],
  );
}
