import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { Database } from '../database/database.js';
import { type Page, decodeCursor, pageOf, pageQuery } from '../http/paging.js';

export const deliveriesQuery = pageQuery.extend({
  status: z.enum(['pending', 'delivered', 'exhausted']).optional(),
  subscription: z.uuid().optional(),
  alert: z.uuid().optional(),
});
export type DeliveriesQuery = z.infer<typeof deliveriesQuery>;

export interface ListedDelivery {
  id: string;
  subscription: string;
  alert: string;
  status: 'pending' | 'delivered' | 'exhausted';
  nextAt: string | null;
  createdAt: string;
  attempts: { attempt: number; at: string; milliseconds: number; httpStatus: number | null; failure: string | null }[];
}

interface DeliveryRow extends Omit<ListedDelivery, 'nextAt' | 'createdAt'> {
  next_at: Date;
  created_at: Date;
  position: string;
}

/** A microsecond more or less decides the order, so the position is the database's own text. */
const position = z.tuple([z.iso.datetime({ offset: true }), z.uuid()]);

@Injectable()
export class ListDeliveries {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor, status, subscription, alert }: DeliveriesQuery): Promise<Page<ListedDelivery>> {
    const [at, id] = decodeCursor(cursor, position) ?? ['9999-12-31T00:00:00Z', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    const { rows } = await this.database.pool.query<DeliveryRow>(
      `SELECT d.id, d.subscription, d.alert, d.status, d.next_at, d.created_at,
              to_char(d.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position,
              COALESCE((SELECT json_agg(json_build_object('attempt', t.attempt, 'at', t.at, 'milliseconds', t.milliseconds,
                                                          'httpStatus', t.http_status, 'failure', t.failure)
                                        ORDER BY t.attempt)
                          FROM delivery_attempts AS t WHERE t.delivery = d.id), '[]') AS attempts
         FROM deliveries AS d
        WHERE (d.created_at, d.id) < ($1::timestamptz, $2::uuid)
          AND ($4::text IS NULL OR d.status = $4) AND ($5::uuid IS NULL OR d.subscription = $5)
          AND ($6::uuid IS NULL OR d.alert = $6)
        ORDER BY d.created_at DESC, d.id DESC LIMIT $3`,
      [at, id, limit + 1, status ?? null, subscription ?? null, alert ?? null],
    );
    return pageOf(
      rows,
      limit,
      (row) => [row.position, row.id],
      ({ next_at, created_at, position: _position, ...row }) => ({
        ...row,
        nextAt: row.status === 'pending' ? next_at.toISOString() : null,
        createdAt: created_at.toISOString(),
      }),
    );
  }
}
