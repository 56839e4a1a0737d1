import { randomUUID } from 'node:crypto';
import { OPERATOR } from '../../core/access/owner.js';
import type { Language } from '../../core/api/alerts/subscription.js';
import type { Queryable } from '../database/rows.js';
import { batchFor } from './retry-schedule.js';

/** Messages of one subscriber claimed at once. */
const BATCH = 128;
/**
 * Lease of a claim, ms; longer than any batch takes. After it another process may send the messages of one that
 * crashed.
 */
const LEASE = 90_000;

/** The fields of a subscription that sending needs. */
export interface Endpoint {
  id: string;
  channel: 'webhook' | 'mail';
  url: string | null;
  address: string | null;
  contact: string | null;
  language: Language;
  /** Whose subscription it is; null: created while the ledger was open. */
  owner: string | null;
  failures: number;
  /** Numbers of the secrets that sign: the newest and, for a day after a rotation, the one before. */
  secrets: number[];
}

/** A message that is due. */
export interface ClaimedDelivery {
  id: string;
  type: string;
  alert: string | null;
  /** Number of this attempt, from 1, and its step in the retry schedule. */
  attempt: number;
  step: number;
  /** Null if the message must be composed first: a digest, an escalation, and every first message to an actor. */
  body: string | null;
}

export interface Claim {
  endpoint: Endpoint;
  claim: string;
  deliveries: ClaimedDelivery[];
}

interface EndpointRow extends Omit<Endpoint, 'secrets'> {
  secret_number: number;
  rotating: boolean;
}

/**
 * Claims a subscriber and its due messages under a lease. Other processes skip the subscriber meanwhile; the holder
 * looks for new messages when it is done. The claim writes nothing to the messages, so that each is written once, after
 * its attempt. Of messages with one ordering key only the first is due. A failing endpoint gets few messages at once,
 * and none while it is paused. Call it in a transaction: the due messages are read after the subscriber is locked.
 */
export async function claimDeliveries(db: Queryable, subscription: string): Promise<Claim | null> {
  const { rows } = await db.query<EndpointRow>(
    `SELECT id, channel, url, address, contact, language, owner, failures, secret_number,
            COALESCE(former_secret_until > now(), false) AS rotating
       FROM subscriptions AS s WHERE id = $1 AND ${IS_FREE} FOR NO KEY UPDATE`,
    [subscription],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { secret_number, rotating, ...endpoint } = row;
  const { rows: deliveries } = await db.query<ClaimedDelivery & { sequence: number }>(
    `SELECT d.id, d.type, d.alert, d.attempts + 1 AS attempt, d.step + 1 AS step, d.sequence,
            COALESCE(d.body, CASE WHEN d.type = 'alert.escalated' OR s.owner <> '${OPERATOR}' THEN NULL ELSE
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

/** No process has a claim, or its lease has ended. */
const IS_FREE = '(s.claim IS NULL OR s.claimed_until <= now())';

/** The message that an endpoint is disabled goes to the contact, so it is sent although the endpoint is disabled. */
const MAY_BE_SENT = `(s.enabled AND (s.paused_until IS NULL OR s.paused_until <= now()) OR d.type = 'subscription.disabled')`;

/** Returns the subscribers that have due messages. */
export async function subscribersDue(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT s.id FROM subscriptions AS s
      WHERE ${IS_FREE}
        AND EXISTS (SELECT FROM deliveries AS d WHERE d.subscription = s.id AND d.status = 'pending' AND d.next_at <= now()
                       AND ${MAY_BE_SENT})`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Commits without waiting for the disk. After a crash of the database the last messages may be sent again under the
 * same id; none is lost.
 */
export const withoutWaiting = (db: Queryable): Promise<unknown> => db.query('SET LOCAL synchronous_commit = off');

/** Ends a claim. */
export async function giveBack(db: Queryable, { endpoint, claim }: Claim): Promise<void> {
  await db.query('UPDATE subscriptions SET claim = NULL WHERE id = $1 AND claim = $2', [endpoint.id, claim]);
}
