import { randomUUID } from 'node:crypto';
import type { Queryable } from '../database/rows.js';
import { batchFor } from './retry-schedule.js';
import type { Language } from './words/index.js';

/** Messages of one subscriber that are taken at once. */
const BATCH = 128;
/** What a process that died was sending is sent again after this, ms; longer than any batch takes. */
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

/** A message that is due. */
export interface Claimed {
  id: string;
  type: string;
  alert: string | null;
  /** The number of this try, from 1, and where it stands in the schedule. */
  attempt: number;
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
 * Takes a subscriber for the length of a lease, with messages that are due: whoever else comes meanwhile finds it taken, and
 * leaves to the holder what has come since, who looks again when it is done. Nothing is written about the messages
 * themselves, so that each is written once when it is delivered. Of those that share an ordering key only the first is due,
 * however long it takes. An endpoint that keeps failing is given few at a time, and none while it is paused.
 * To be called in a transaction: what is due is read after the subscriber is locked, and not as it was before.
 */
export async function claimDeliveries(db: Queryable, subscription: string): Promise<Claim | null> {
  const { rows } = await db.query<EndpointRow>(
    `SELECT id, channel, url, address, contact, language, failures, secret_number,
            COALESCE(former_secret_until > now(), false) AS rotating
       FROM subscriptions AS s WHERE id = $1 AND ${IS_FREE} FOR NO KEY UPDATE`,
    [subscription],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { secret_number, rotating, ...endpoint } = row;
  const { rows: deliveries } = await db.query<Claimed & { sequence: number }>(
    `SELECT d.id, d.type, d.alert, d.attempts + 1 AS attempt, d.step + 1 AS step, d.sequence,
            COALESCE(d.body, CASE WHEN d.type = 'alert.escalated' THEN NULL ELSE
              '{"type":' || to_json(d.type) || ',"timestamp":' || to_json(n.at) || ',"data":' || n.data || '}' END) AS body
       FROM deliveries AS d JOIN subscriptions AS s ON s.id = d.subscription LEFT JOIN notices AS n ON n.number = d.number
      WHERE d.subscription = $1 AND d.status = 'pending' AND d.next_at <= now() AND ${MAY_BE_SENT}
        AND d.sequence = (SELECT min(sequence) FROM deliveries
                           WHERE subscription = d.subscription AND ordering_key = d.ordering_key AND status = 'pending')
      ORDER BY d.next_at, d.sequence LIMIT $2`,
    [subscription, batchFor(endpoint.failures, BATCH)],
  );
  if (deliveries.length === 0) return null;
  const claim = randomUUID();
  await db.query(
    "UPDATE subscriptions SET claim = $2, claimed_until = now() + $3 * interval '1 millisecond' WHERE id = $1",
    [subscription, claim, LEASE],
  );
  const secrets = rotating ? [secret_number, secret_number - 1] : [secret_number];
  return { endpoint: { ...endpoint, secrets }, claim, deliveries };
}

/** Nobody sends to it, or whoever did has died. */
const IS_FREE = '(s.claim IS NULL OR s.claimed_until <= now())';

/** News that an endpoint is switched off goes to somebody else, so it goes all the same. */
const MAY_BE_SENT = `(s.enabled AND (s.paused_until IS NULL OR s.paused_until <= now()) OR d.type = 'subscription.disabled')`;

/** Subscribers for whom something is due. */
export async function subscribersDue(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT s.id FROM subscriptions AS s
      WHERE ${IS_FREE}
        AND EXISTS (SELECT FROM deliveries AS d WHERE d.subscription = s.id AND d.status = 'pending' AND d.next_at <= now()
                       AND ${MAY_BE_SENT})`,
  );
  return rows.map(({ id }) => id);
}

/** Ends a claim. */
export async function giveBack(db: Queryable, { endpoint, claim }: Claim): Promise<void> {
  await db.query('UPDATE subscriptions SET claim = NULL WHERE id = $1 AND claim = $2', [endpoint.id, claim]);
}
