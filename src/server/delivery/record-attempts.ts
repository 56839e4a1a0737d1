import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { maskUrls } from '../http/mask-urls.js';
import { type Claim, giveBack, withoutWaiting } from './claim-deliveries.js';
import { disabledBody } from './compose-body.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { GIVE_UP_AFTER, breakFor, waitBefore } from './retry-schedule.js';

/** The result of one attempt. */
export interface Attempt {
  delivery: string;
  attempt: number;
  step: number;
  /** Start of the attempt, ms since 1970 UTC, and its duration. */
  at: number;
  milliseconds: number;
  /** Null if there was nothing left to send. */
  target: string | null;
  status: number | null;
  failure: string | null;
  /** `Retry-After` of the response, s. */
  retryAfter: number | null;
  /** `withheld`: nothing was sent, because the subscription's owner may no longer see what it is about. */
  outcome: 'delivered' | 'failed' | 'refused' | 'gone' | 'dropped' | 'withheld';
}

/** The state of an endpoint after a batch; `recorded` lists what the operator should know. */
export interface RecordedAttempts {
  /** Time until the next retry of these, ms; null if none is due. */
  next: number | null;
  /** Why the endpoint was disabled, if it was. */
  disabled: string | null;
}

interface Health {
  failures: number;
  failing_since: Date | null;
}

/** Records what a batch of attempts has resulted in. */
@Injectable()
export class RecordAttempts {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /**
   * Records a batch's attempts, their retries and the state of the endpoint, and ends the claim, in one transaction. If
   * the lease has ended meanwhile, the results of the next holder count.
   */
  async record(claim: Claim, attempts: readonly Attempt[], contact: string | null): Promise<RecordedAttempts> {
    const recorded = await this.database.transaction(async (db) => {
      await withoutWaiting(db);
      return recordAttempts(db, claim, attempts, contact, this.journal);
    });
    for (const { outcome } of attempts) this.metrics.tried(claim.endpoint.channel, outcome);
    return recorded;
  }
}

async function recordAttempts(
  db: Queryable,
  claim: Claim,
  attempts: readonly Attempt[],
  contact: string | null,
  journal: Journal,
): Promise<RecordedAttempts> {
  const { endpoint } = claim;
  const { rows } = await db.query<Health>(
    'SELECT failures, failing_since FROM subscriptions WHERE id = $1 AND claim = $2 FOR NO KEY UPDATE',
    [endpoint.id, claim.claim],
  );
  const [health] = rows;
  const waits = attempts.map(({ outcome, step, retryAfter }) =>
    outcome === 'failed' ? waitBefore(step, retryAfter, Math.random()) : null,
  );
  if (health === undefined) return { next: null, disabled: null };
  await writeAttempts(db, attempts, waits);
  await db.query(
    `UPDATE deliveries AS d SET status = r.status, next_at = now() + COALESCE(r.wait, 0) * interval '1 millisecond',
            attempts = r.attempt, step = r.step
       FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::integer[], $5::integer[]) AS r (id, status, wait, attempt, step)
      WHERE d.id = r.id`,
    [
      attempts.map(({ delivery }) => delivery),
      attempts.map(({ outcome }, i) => statusOf(outcome, waits[i] ?? null)),
      waits,
      attempts.map(({ attempt }) => attempt),
      attempts.map(({ step }) => step),
    ],
  );
  const disabled = await judgeEndpoint(db, endpoint.id, health, attempts, journal);
  if (disabled !== null && contact !== null) await notifyContact(db, endpoint, disabled, journal);
  await giveBack(db, claim);
  const next = waits.filter((wait): wait is number => wait !== null);
  return { next: next.length === 0 ? null : Math.min(...next), disabled: disabled?.reason ?? null };
}

const statusOf = (outcome: Attempt['outcome'], wait: number | null): string => {
  if (outcome === 'delivered' || outcome === 'dropped') return outcome;
  return wait === null ? 'exhausted' : 'pending';
};

async function writeAttempts(
  db: Queryable,
  attempts: readonly Attempt[],
  waits: readonly (number | null)[],
): Promise<void> {
  const rows = attempts.flatMap((one, i) => {
    if (one.outcome === 'dropped') return [];
    const wait = waits[i] ?? null;
    const next_at = wait === null ? null : new Date(Date.now() + wait).toISOString();
    const { delivery, attempt, milliseconds, status: http_status, failure, target, retryAfter: retry_after } = one;
    const at = new Date(one.at).toISOString();
    return [{ delivery, attempt, at, milliseconds, http_status, failure, target, retry_after, next_at }];
  });
  if (rows.length === 0) return;
  await db.query(
    // A subscription that was ended meanwhile has no deliveries any more.
    `INSERT INTO delivery_attempts SELECT tried.* FROM json_populate_recordset(NULL::delivery_attempts, $1) AS tried
      WHERE tried.delivery IN (SELECT id FROM deliveries WHERE id = ANY($2::uuid[]) FOR KEY SHARE)
     ON CONFLICT (delivery, attempt) DO NOTHING`,
    [JSON.stringify(rows), rows.map(({ delivery }) => delivery)],
  );
}

/** Why an endpoint is disabled. */
const reasons = { gone: 'it answered 410 Gone', failing: 'every attempt of a week has failed' } as const;

interface DisabledRow {
  reason: keyof typeof reasons;
  /** Time of the first failure. */
  since: string;
}

/** The receiver, or a gateway before it, is overloaded and asks for fewer messages (Standard Webhooks). */
const THROTTLES = new Set([429, 502, 503, 504]);

/**
 * Counts failures in a row, pauses an endpoint that keeps failing, and disables one that is gone. Returns the reason if
 * it disabled the endpoint.
 */
async function judgeEndpoint(
  db: Queryable,
  id: string,
  before: Health,
  attempts: readonly Attempt[],
  journal: Journal,
): Promise<DisabledRow | null> {
  const tried = attempts.filter(({ outcome }) => outcome !== 'dropped' && outcome !== 'withheld');
  if (tried.length === 0) return null;
  const sinceSuccess = tried.length - 1 - tried.findLastIndex(({ outcome }) => outcome === 'delivered');
  const recovered = sinceSuccess < tried.length;
  const failures = recovered ? sinceSuccess : before.failures + tried.length;
  const since =
    failures === 0 ? null : recovered || before.failing_since === null ? Date.now() : before.failing_since.getTime();
  const asked = Math.max(
    0,
    ...tried.map(({ status, retryAfter }) => (THROTTLES.has(status ?? 0) ? (retryAfter ?? 0) * 1_000 : 0)),
  );
  const pause = Math.max(breakFor(failures), asked);
  const gone = tried.some(({ outcome }) => outcome === 'gone');
  const given = since !== null && Date.now() - since >= GIVE_UP_AFTER;
  const reason = gone ? 'gone' : given ? 'failing' : null;
  const write = (): Promise<{ rowCount: number | null }> =>
    db.query(
      `UPDATE subscriptions SET failures = $2, failing_since = to_timestamp($3::bigint / 1000.0),
            paused_until = CASE WHEN $4 > 0 THEN now() + $4 * interval '1 millisecond' END,
            enabled = enabled AND $5::text IS NULL, disabled_at = COALESCE(disabled_at, CASE WHEN $5 IS NOT NULL THEN now() END),
            disabled_reason = COALESCE(disabled_reason, $5)
      WHERE id = $1 AND (enabled OR $5::text IS NULL)`,
      [id, failures, since, pause, reason === null ? null : reasons[reason]],
    );
  // How it fares is not noted; that it was switched off is.
  const { rowCount } = reason === null ? await write() : await journal.change(db, 'subscriptions', [id], write);
  return rowCount === 0 || reason === null ? null : { reason, since: new Date(since ?? Date.now()).toISOString() };
}

/** Notifies the contact by mail, because the webhook has failed. */
async function notifyContact(
  db: Queryable,
  { id, url, address }: Claim['endpoint'],
  disabled: DisabledRow,
  journal: Journal,
): Promise<void> {
  const target = url === null ? `mailto:${address ?? ''}` : maskUrls(url);
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO deliveries (subscription, type, ordering_key, body)
     VALUES ($1, 'subscription.disabled', 'disabled', $2) RETURNING id`,
    [id, disabledBody({ subscription: id, url: target, ...disabled })],
  );
  await journal.added(
    db,
    'deliveries',
    rows.map((row) => row.id),
  );
}
