import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../../core/errors.js';
import { ruleName } from '../../../core/api/values.js';
import { lotIdSchema } from '../../../core/event/primitives.js';
import { severities } from '../../../core/rules/engine/rule.js';
import type { FindingNote, ListedFinding } from '../../../core/api/finding.js';
import { findingStatuses } from '../../../core/rules/engine/answers.js';
import type { Page } from '../../../core/api/page.js';
import { Database } from '../../database/database.js';
import { lotNamesOf } from '../../ledger/read/name-lots.js';
import { decodeCursor, pageOf, pageQuery } from '../../http/paging.js';

export const findingsQuery = pageQuery.extend({
  rule: ruleName.optional(),
  severity: z.enum(severities).optional(),
  status: z.enum(findingStatuses).optional(),
  lot: lotIdSchema.optional(),
});
export type FindingsQuery = z.infer<typeof findingsQuery>;

interface FindingRow extends Omit<ListedFinding, 'firstIndex' | 'openedAt' | 'closedAt' | 'dueAt' | 'acknowledgedAt'> {
  first_index: number | null;
  opened_at: number;
  closed_at: number | null;
  due_at: number | null;
  acknowledged_at: Date | null;
}

const rfc3339 = (time: number): string => new Date(time).toISOString();

const findingOf = ({
  first_index,
  opened_at,
  closed_at,
  due_at,
  acknowledged_at,
  ...row
}: FindingRow): ListedFinding => ({
  ...row,
  firstIndex: first_index,
  openedAt: rfc3339(opened_at),
  closedAt: closed_at === null ? null : rfc3339(closed_at),
  dueAt: due_at === null ? null : rfc3339(due_at),
  acknowledgedAt: acknowledged_at?.toISOString() ?? null,
});

const columns = `id, rule, version, severity, status, subject, lots, ${lotNamesOf('findings.lots')} AS about, events, measured, threshold, detail, first_index,
                 opened_at, closed_at, reopened, parameters, due_at, assignee, acknowledged_at,
                 (SELECT COALESCE(json_agg(json_build_object('event', a.event, 'index', a.index, 'by', a.by_actor,
                           'answer', a.answer, 'reason', a.reason, 'dueOn', a.due_on, 'counts', a.counts) ORDER BY a.index), '[]')
                    FROM finding_answers AS a WHERE a.finding = findings.id) AS answers`;
const position = z.tuple([z.int(), z.uuid()]);

/** Lists findings, the last opened first. */
@Injectable()
export class ListFindings {
  constructor(private readonly database: Database) {}

  async list({ rule, severity, status, lot, limit, cursor }: FindingsQuery): Promise<Page<ListedFinding>> {
    const [openedAt, id] = decodeCursor(cursor, position) ?? [null, null];
    const { rows } = await this.database.query<FindingRow>(
      `SELECT ${columns} FROM findings
        WHERE ($1::text IS NULL OR rule = $1) AND ($2::text IS NULL OR severity = $2)
          AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR lots @> ARRAY[$4::uuid])
          AND ($5::bigint IS NULL OR (opened_at, id) < ($5, $6::uuid))
        ORDER BY opened_at DESC, id DESC LIMIT $7`,
      [rule ?? null, severity ?? null, status ?? null, lot ?? null, openedAt, id, limit + 1],
    );
    return pageOf(rows, limit, (row) => [row.opened_at, row.id], findingOf);
  }

  /**
   * Records that a person acknowledged a finding, or to whom it is assigned. Changes no verdict. Throws `not-found`.
   */
  async respond(id: string, { acknowledged, assignee }: FindingNote): Promise<ListedFinding> {
    await this.database.query(
      `UPDATE findings
          SET acknowledged_at = CASE WHEN $2 THEN COALESCE(acknowledged_at, now()) ELSE acknowledged_at END,
              assignee = CASE WHEN $3 THEN $4 ELSE assignee END
        WHERE id = $1`,
      [id, acknowledged === true, assignee !== undefined, assignee ?? null],
    );
    return this.byId(id);
  }

  /** Returns one finding. Throws `not-found`. */
  async byId(id: string): Promise<ListedFinding> {
    const { rows } = await this.database.query<FindingRow>(`SELECT ${columns} FROM findings WHERE id = $1`, [id]);
    if (rows[0] === undefined) throw new AditError('not-found', `There is no finding ${id}.`);
    return findingOf(rows[0]);
  }
}
