import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { severities } from '../../core/rules/rule.js';
import { AditError } from '../../core/errors.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { type Page, decodeCursor, pageOf, pageQuery } from '../http/paging.js';
import { type Alert, type AlertStatus, selectAlerts } from './alert.js';

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);

export const alertsQuery = pageQuery.extend({
  status: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  severity: z.enum(severities).optional(),
  rule: word.optional(),
  lot: z.uuid().optional(),
  site: word.optional(),
  mineral: word.optional(),
  country: word.optional(),
  /** Those held back by a broken root are counted there, and listed only where they are asked for. */
  inhibited: z.enum(['exclude', 'include', 'only']).default('exclude'),
});
export type AlertsQuery = z.infer<typeof alertsQuery>;

/** What the desk did with an alert. */
export interface AlertChange {
  at: string;
  status: AlertStatus;
  by: string | null;
  note: string | null;
}

interface ChangeRow {
  at: Date;
  status: AlertStatus;
  by_whom: string | null;
  note: string | null;
}

/** The inbox. */
@Injectable()
export class ListAlerts {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  async list({ limit, cursor, ...asked }: AlertsQuery): Promise<Page<Alert>> {
    const rows = await selectAlerts(
      this.database.pool,
      this.config.publicUrl,
      `a.number < $1 AND ($3::text IS NULL OR a.status = $3) AND ($4::text IS NULL OR a.severity = $4)
       AND ($5::text IS NULL OR a.rule = $5)
       AND ($6::uuid IS NULL OR a.id IN (SELECT m.alert FROM findings AS named JOIN alert_findings AS m ON m.finding = named.id
                                          WHERE named.lots @> ARRAY[$6::uuid]))
       AND ($7::text IS NULL OR $7 = ANY(a.sites)) AND ($8::text IS NULL OR $8 = ANY(a.minerals))
       AND ($9::text IS NULL OR $9 = ANY(a.countries))
       AND ($10 = 'include' OR (a.inhibited_by IS NULL) = ($10 = 'exclude'))
       ORDER BY a.number DESC LIMIT $2`,
      [
        decodeCursor(cursor, z.number().int()) ?? Number.MAX_SAFE_INTEGER,
        limit + 1,
        asked.status ?? null,
        asked.severity ?? null,
        asked.rule ?? null,
        asked.lot ?? null,
        asked.site ?? null,
        asked.mineral ?? null,
        asked.country ?? null,
        asked.inhibited,
      ],
    );
    return pageOf(
      rows,
      limit,
      ({ number }) => number,
      ({ alert }) => alert,
    );
  }

  /** One alert, with what the desk did with it. Throws `not-found`. */
  async read(id: string): Promise<Alert & { changes: AlertChange[] }> {
    const [found] = await selectAlerts(this.database.pool, this.config.publicUrl, 'a.id = $1', [id]);
    if (found === undefined) throw new AditError('not-found', `There is no alert ${id}.`);
    const rows = await this.database.query<ChangeRow>(
      'SELECT at, status, by_whom, note FROM alert_changes WHERE alert = $1 ORDER BY number DESC LIMIT 100',
      [id],
    );
    return {
      ...found.alert,
      changes: rows.map(({ at, by_whom, ...row }) => ({ at: at.toISOString(), by: by_whom, ...row })),
    };
  }
}
