import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { type DeliveryWithMessage, type ListedDelivery, deliveryStatuses } from '../../core/api/alerts/delivery.js';
import { OPERATOR, managedBy } from '../../core/access/owner.js';
import { requestTime } from '../../core/api/values.js';
import { AditError } from '../../core/errors.js';
import type { Page } from '../../core/api/page.js';
import { Database } from '../database/database.js';
import { maskUrls } from '../http/mask-urls.js';
import { decodeCursor, pageOf, pageQuery } from '../http/paging.js';
import { ownerNow } from '../http/viewing.js';

export const deliveriesQuery = pageQuery.extend({
  status: z.enum(deliveryStatuses).optional(),
  subscription: z.uuid().optional(),
  alert: z.uuid().optional(),
});
export type DeliveriesQuery = z.infer<typeof deliveriesQuery>;

interface DeliveryRow extends Omit<ListedDelivery, 'nextAt' | 'createdAt'>, Record<string, unknown> {
  next_at: Date;
  created_at: Date;
  position: string;
}

const columns = `
  SELECT d.id, d.subscription, d.alert, d.type, d.status, d.next_at, d.created_at,
         to_char(d.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position,
         COALESCE((SELECT json_agg(json_build_object('attempt', t.attempt, 'at', t.at, 'target', t.target,
                          'milliseconds', t.milliseconds, 'httpStatus', t.http_status, 'failure', t.failure,
                          'retryAfter', t.retry_after, 'nextAt', t.next_at) ORDER BY t.attempt)
                     FROM delivery_attempts AS t WHERE t.delivery = d.id), '[]') AS attempts`;

const deliveryOf = ({ next_at, created_at, position: _position, ...row }: DeliveryRow): ListedDelivery => ({
  ...row,
  nextAt: row.status === 'pending' ? next_at.toISOString() : null,
  createdAt: created_at.toISOString(),
  // Older releases stored the full address.
  attempts: row.attempts.map((one) => ({ ...one, target: one.target === null ? null : maskUrls(one.target) })),
});

/** Position in the list. The order depends on microseconds, so the time is the database's own text. */
const position = z.tuple([requestTime, z.uuid()]);

@Injectable()
export class ListDeliveries {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor, status, subscription, alert }: DeliveriesQuery): Promise<Page<ListedDelivery>> {
    const [at, id] = decodeCursor(cursor, position) ?? ['9999-12-31T00:00:00Z', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    const { rows } = await this.database.query<DeliveryRow>(
      `${columns}
         FROM deliveries AS d JOIN subscriptions AS s ON s.id = d.subscription
        WHERE ${managedBy('$7', 's.owner')} AND (d.created_at, d.id) < ($1::timestamptz, $2::uuid)
          AND ($4::text IS NULL OR d.status = $4) AND ($5::uuid IS NULL OR d.subscription = $5)
          AND ($6::uuid IS NULL OR d.alert = $6)
        ORDER BY d.created_at DESC, d.id DESC LIMIT $3`,
      [at, id, limit + 1, status ?? null, subscription ?? null, alert ?? null, ownerNow()],
    );
    return pageOf(rows, limit, (row) => [row.position, row.id], deliveryOf);
  }

  /**
   * Returns one delivery with its message; a message to an actor is stored as it is first sent, and null before. Throws
   * `not-found`.
   */
  async read(id: string): Promise<DeliveryWithMessage> {
    const [row] = await this.database.rows<DeliveryRow & { message: string | null; data: string | null }>(
      `${columns}, d.body AS message, CASE WHEN s.owner IS NULL OR s.owner = '${OPERATOR}' THEN n.data END AS data
         FROM deliveries AS d JOIN subscriptions AS s ON s.id = d.subscription LEFT JOIN notices AS n ON n.number = d.number
        WHERE d.id = $1 AND ${managedBy('$2', 's.owner')}`,
      [id, ownerNow()],
    );
    if (row === undefined) throw new AditError('not-found', `There is no delivery ${id}.`);
    const { message, data, ...delivery } = row;
    const said = message ?? data;
    return { ...deliveryOf(delivery), message: said === null ? null : JSON.parse(said) };
  }
}
