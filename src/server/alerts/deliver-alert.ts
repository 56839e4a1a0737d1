import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { type RequestPolicy, TargetRefused, postSafely } from './safe-request.js';
import { WebhookSecrets } from './webhook-secrets.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waiting before each try after the first (Standard Webhooks), ms; then the delivery is exhausted. */
const RETRY_AFTER = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** A try that never came back (its process died) is made again after this, ms; longer than any try takes. */
const LEASE = MINUTE;
/** The endpoint says that it is gone for good. */
const GONE = 410;

interface DueRow {
  id: string;
  subscription: string;
  url: string;
  body: string;
  attempts: number;
}

interface Attempt {
  status: number | null;
  failure: string | null;
  milliseconds: number;
}

/** When a delivery is to be tried next, ms from now; null when there is nothing more to do. */
export type NextTry = number | null;

/** Makes one try of one delivery, keeps what came of it, and says when to try again. At least once, never lost. */
@Injectable()
export class DeliverAlert {
  constructor(
    private readonly database: Database,
    private readonly secrets: WebhookSecrets,
    private readonly policy: RequestPolicy,
  ) {}

  /** Does nothing if the delivery is done, not due yet, or being tried by another worker. */
  async deliver(id: string): Promise<NextTry> {
    const due = await this.claim(id);
    if (due === null) return null;
    const attempt = await this.attempt(due);
    return this.database.transaction((db) => record(db, due, attempt));
  }

  /** Deliveries whose time has come, oldest first: what a lost job would have forgotten. */
  async due(limit: number): Promise<string[]> {
    const { rows } = await this.database.pool.query<{ id: string }>(
      "SELECT id FROM deliveries WHERE status = 'pending' AND next_at <= now() ORDER BY next_at LIMIT $1",
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** Takes the delivery for the length of a lease: whoever else comes meanwhile finds it not due. */
  private async claim(id: string): Promise<DueRow | null> {
    const { rows } = await this.database.pool.query<DueRow>(
      `UPDATE deliveries AS d SET next_at = now() + $2 * interval '1 millisecond', attempts = d.attempts + 1
         FROM subscriptions AS s
        WHERE d.id = $1 AND d.status = 'pending' AND d.next_at <= now() AND s.id = d.subscription AND s.enabled
        RETURNING d.id, d.subscription, s.url, d.body, d.attempts`,
      [id, LEASE],
    );
    return rows[0] ?? null;
  }

  private async attempt({ id, subscription, url, body }: DueRow): Promise<Attempt> {
    const started = Date.now();
    const at = new Date(started);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'adit',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(started / SECOND)),
      'webhook-signature': new Webhook(this.secrets.of(subscription)).sign(id, at, body),
    };
    try {
      const status = await postSafely(url, body, headers, this.policy);
      return { status, failure: null, milliseconds: Date.now() - started };
    } catch (error) {
      return { status: null, failure: failureOf(error), milliseconds: Date.now() - started };
    }
  }
}

/** A short word for the log of attempts; never the text of an answer. */
function failureOf(error: unknown): string {
  if (error instanceof TargetRefused) return error.message;
  const { name, code } = error as { name?: string; code?: string };
  return code ?? name ?? 'failed';
}

async function record(db: Queryable, due: DueRow, { status, failure, milliseconds }: Attempt): Promise<NextTry> {
  await db.query(
    'INSERT INTO delivery_attempts (delivery, attempt, milliseconds, http_status, failure) VALUES ($1, $2, $3, $4, $5)',
    [due.id, due.attempts, milliseconds, status, failure],
  );
  const delivered = status !== null && status >= 200 && status < 300;
  if (status === GONE) await db.query('UPDATE subscriptions SET enabled = false WHERE id = $1', [due.subscription]);
  const wait = delivered || status === GONE ? null : (RETRY_AFTER[due.attempts - 1] ?? null);
  // Up to a tenth more, so that what failed together does not come back together.
  const next = wait === null ? null : Math.round(wait * (1 + Math.random() / 10));
  await db.query(
    `UPDATE deliveries SET status = $2, next_at = now() + COALESCE($3, 0) * interval '1 millisecond' WHERE id = $1`,
    [due.id, delivered ? 'delivered' : next === null ? 'exhausted' : 'pending', next],
  );
  return next;
}
