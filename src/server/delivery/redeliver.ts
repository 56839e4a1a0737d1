import { Injectable } from '@nestjs/common';
import { managedBy, manages } from '../../core/access/owner.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { ownerNow } from '../http/viewing.js';
import { Journal } from '../journal/journal.js';
import { Jobs } from '../queue/jobs.js';
import { testBody } from './compose-body.js';
import { SubscriptionRow } from './subscriptions/subscription.entity.js';
import { RouteNotices } from './route-notices.js';

/**
 * Sends on request: a test message, one message again, or all since a time. A message that is sent again has the same
 * id.
 */
@Injectable()
export class Redeliver {
  constructor(
    private readonly database: Database,
    private readonly notices: RouteNotices,
    private readonly journal: Journal,
    private readonly jobs: Jobs,
  ) {}

  /** Sends a test message; returns the id of its delivery. Throws `not-found`. */
  async test(subscription: string): Promise<string> {
    const row = await this.database.transaction(async (db) => {
      const { rows } = await db.query<{ id: string }>(
        `INSERT INTO deliveries (subscription, type, ordering_key, body)
         SELECT id, 'subscription.test', 'test', $2 FROM subscriptions WHERE id = $1 AND ${managedBy('$3', 'owner')} RETURNING id`,
        [subscription, testBody(subscription), ownerNow()],
      );
      await this.journal.added(
        db,
        'deliveries',
        rows.map(({ id }) => id),
      );
      return rows[0];
    });
    if (row === undefined) throw new AditError('not-found', `There is no subscription ${subscription}.`);
    await this.jobs.wake('deliver', 0, { subscription });
    return row.id;
  }

  /** Sends one message again; a running attempt continues instead. Throws `not-found`. */
  async one(id: string): Promise<void> {
    const [row] = await this.database.rows<{ subscription: string }>(
      `UPDATE deliveries SET status = 'pending', step = 0, next_at = now()
        WHERE id = $1 AND (number IS NOT NULL OR body IS NOT NULL)
          AND subscription IN (SELECT id FROM subscriptions WHERE ${managedBy('$2', 'owner')}) RETURNING subscription`,
      [id, ownerNow()],
    );
    if (row === undefined) throw new AditError('not-found', `There is no delivery ${id}.`);
    await this.jobs.wake('deliver', 0, { subscription: row.subscription });
  }

  /** Sends all messages since a time again; returns their number. Throws `not-found`. */
  async since(subscription: string, since: string): Promise<number> {
    const row = await this.database.repository(SubscriptionRow).findOneBy({ id: subscription });
    if (row === null || !manages(ownerNow(), row.owner))
      throw new AditError('not-found', `There is no subscription ${subscription}.`);
    const count = await this.notices.again(subscription, since);
    await this.jobs.wake('deliver', 0, { subscription });
    return count;
  }
}
