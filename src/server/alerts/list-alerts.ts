import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { type Page, decodeCursor, pageOf, pageQuery } from '../http/paging.js';
import { type Alert, selectAlerts } from './alert.js';

export const alertsQuery = pageQuery.extend({
  status: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  severity: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  rule: z.string().min(1).max(64).optional(),
  lot: z.uuid().optional(),
});
export type AlertsQuery = z.infer<typeof alertsQuery>;

/** The inbox. */
@Injectable()
export class ListAlerts {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor, status, severity, rule, lot }: AlertsQuery): Promise<Page<Alert>> {
    const rows = await selectAlerts(
      this.database.pool,
      `a.number < $1 AND ($3::text IS NULL OR a.status = $3) AND ($4::text IS NULL OR f.severity = $4)
       AND ($5::text IS NULL OR f.rule = $5) AND ($6::uuid IS NULL OR f.lots @> ARRAY[$6::uuid])
       ORDER BY a.number DESC LIMIT $2`,
      [
        decodeCursor(cursor, z.number().int()) ?? Number.MAX_SAFE_INTEGER,
        limit + 1,
        status ?? null,
        severity ?? null,
        rule ?? null,
        lot ?? null,
      ],
    );
    return pageOf(
      rows,
      limit,
      ({ number }) => number,
      ({ alert }) => alert,
    );
  }

  /** Throws `not-found`. */
  async read(id: string): Promise<Alert> {
    const [found] = await selectAlerts(this.database.pool, 'a.id = $1', [id]);
    if (found === undefined) throw new AditError('not-found', `There is no alert ${id}.`);
    return found.alert;
  }
}
