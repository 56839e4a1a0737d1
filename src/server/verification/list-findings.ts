import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../core/errors.js';
import { lotIdSchema } from '../../core/event/primitives.js';
import { severities } from '../../core/rules/rule.js';
import { Database } from '../database/database.js';
import { type Page, decodeCursor, pageOf, pageQuery } from '../http/paging.js';

export const findingsQuery = pageQuery.extend({
  rule: z.string().max(64).optional(),
  severity: z.enum(severities).optional(),
  status: z.enum(['open', 'closed']).optional(),
  lot: lotIdSchema.optional(),
});
export type FindingsQuery = z.infer<typeof findingsQuery>;

/** A finding as the API shows it (wire.md, "Finding"); times RFC 3339, by the time of the log. */
export const findingView = z.strictObject({
  id: z.uuid(),
  rule: z.string(),
  version: z.int(),
  severity: z.enum(severities),
  status: z.enum(['open', 'closed']),
  subject: z.string(),
  lots: z.array(z.string()),
  events: z.array(z.string()),
  measured: z.string(),
  threshold: z.string(),
  detail: z.string(),
  firstIndex: z.int().nullable(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  reopened: z.int(),
});
export type FindingView = z.infer<typeof findingView>;
export const findingsPage = z.strictObject({ items: z.array(findingView), next: z.string().nullable() });

interface FindingRow {
  id: string;
  rule: string;
  version: number;
  severity: FindingView['severity'];
  status: FindingView['status'];
  subject: string;
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  first_index: number | null;
  opened_at: number;
  closed_at: number | null;
  reopened: number;
}

const rfc3339 = (time: number): string => new Date(time).toISOString();

const viewOf = ({ first_index, opened_at, closed_at, reopened, ...row }: FindingRow): FindingView => ({
  ...row,
  firstIndex: first_index,
  openedAt: rfc3339(opened_at),
  closedAt: closed_at === null ? null : rfc3339(closed_at),
  reopened,
});

const columns = `id, rule, version, severity, status, subject, lots, events, measured, threshold, detail, first_index,
                 opened_at, closed_at, reopened`;
const position = z.tuple([z.int(), z.uuid()]);

/** Findings, the one opened last first. */
@Injectable()
export class ListFindings {
  constructor(private readonly database: Database) {}

  async list({ rule, severity, status, lot, limit, cursor }: FindingsQuery): Promise<Page<FindingView>> {
    const [openedAt, id] = decodeCursor(cursor, position) ?? [null, null];
    const { rows } = await this.database.pool.query<FindingRow>(
      `SELECT ${columns} FROM findings
        WHERE ($1::text IS NULL OR rule = $1) AND ($2::text IS NULL OR severity = $2)
          AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR lots @> ARRAY[$4::uuid])
          AND ($5::bigint IS NULL OR (opened_at, id) < ($5, $6::uuid))
        ORDER BY opened_at DESC, id DESC LIMIT $7`,
      [rule ?? null, severity ?? null, status ?? null, lot ?? null, openedAt, id, limit + 1],
    );
    return pageOf(rows, limit, (row) => [row.opened_at, row.id], viewOf);
  }

  /** Throws `not-found`. */
  async byId(id: string): Promise<FindingView> {
    const { rows } = await this.database.pool.query<FindingRow>(`SELECT ${columns} FROM findings WHERE id = $1`, [id]);
    if (rows[0] === undefined) throw new AditError('not-found', `There is no finding ${id}.`);
    return viewOf(rows[0]);
  }
}
