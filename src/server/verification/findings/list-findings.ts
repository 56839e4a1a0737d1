import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { lotNameShape } from '../../../core/api/lot-name.js';
import { AditError } from '../../../core/errors.js';
import { line, ruleName } from '../../../core/api/values.js';
import { lotIdSchema } from '../../../core/event/primitives.js';
import { severities } from '../../../core/rules/engine/rule.js';
import { Database } from '../../database/database.js';
import { lotNamesOf } from '../../ledger/read/name-lots.js';
import { type Page, decodeCursor, pageOf, pageQuery } from '../../http/paging.js';

/** `open` until the cause ends or an authorised actor answers (docs/rules.md, "What becomes of a finding"). */
const statuses = ['open', 'explained', 'mitigated', 'dismissed', 'closed'] as const;

export const findingsQuery = pageQuery.extend({
  rule: ruleName.optional(),
  severity: z.enum(severities).optional(),
  status: z.enum(statuses).optional(),
  lot: lotIdSchema.optional(),
});
export type FindingsQuery = z.infer<typeof findingsQuery>;

/** A finding as the API shows it (wire.md, "Finding"); times RFC 3339, by the log's clock. */
export const findingView = z.strictObject({
  id: z.uuid(),
  rule: z.string(),
  version: z.int(),
  severity: z.enum(severities),
  status: z.enum(statuses),
  subject: z.string(),
  lots: z.array(z.string()),
  /** Names of the first of its lots. */
  about: z.array(lotNameShape),
  events: z.array(z.string()),
  measured: z.string(),
  threshold: z.string(),
  detail: z.string(),
  firstIndex: z.int().nullable(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  /** Number of times it reopened after it was closed or answered; above zero it is *regressed*. */
  reopened: z.int(),
  /** Version of the thresholds that it was judged by. */
  parameters: z.int(),
  /** End of a mitigation, or time by which a serious finding must be answered. */
  dueAt: z.string().nullable(),
  /** Notes of people; not in the log. */
  assignee: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  /** Signed answers in log order; answers of actors without authority do not count. */
  answers: z.array(
    z.strictObject({
      event: z.string(),
      index: z.int(),
      by: z.string(),
      answer: z.string(),
      reason: z.string(),
      dueOn: z.string().nullable(),
      counts: z.boolean(),
    }),
  ),
});
export type FindingView = z.infer<typeof findingView>;
export const findingsPage = z.strictObject({ items: z.array(findingView), next: z.string().nullable() });

/** Note of a person beside a finding; a signed answer is a `finding.answered`. */
export const deskNote = z
  .strictObject({
    acknowledged: z.literal(true).optional(),
    assignee: line(100).nullable().optional(),
  })
  .refine(({ acknowledged, assignee }) => acknowledged !== undefined || assignee !== undefined, 'must say something');
export type DeskNote = z.infer<typeof deskNote>;

interface FindingRow {
  id: string;
  rule: string;
  version: number;
  severity: FindingView['severity'];
  status: FindingView['status'];
  subject: string;
  lots: string[];
  about: FindingView['about'];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  first_index: number | null;
  opened_at: number;
  closed_at: number | null;
  reopened: number;
  parameters: number;
  due_at: number | null;
  assignee: string | null;
  acknowledged_at: Date | null;
  answers: FindingView['answers'];
}

const rfc3339 = (time: number): string => new Date(time).toISOString();

const viewOf = ({
  first_index,
  opened_at,
  closed_at,
  reopened,
  parameters,
  due_at,
  assignee,
  acknowledged_at,
  answers,
  ...row
}: FindingRow): FindingView => ({
  ...row,
  firstIndex: first_index,
  openedAt: rfc3339(opened_at),
  closedAt: closed_at === null ? null : rfc3339(closed_at),
  reopened,
  parameters,
  dueAt: due_at === null ? null : rfc3339(due_at),
  assignee,
  acknowledgedAt: acknowledged_at?.toISOString() ?? null,
  answers,
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

  async list({ rule, severity, status, lot, limit, cursor }: FindingsQuery): Promise<Page<FindingView>> {
    const [openedAt, id] = decodeCursor(cursor, position) ?? [null, null];
    const { rows } = await this.database.query<FindingRow>(
      `SELECT ${columns} FROM findings
        WHERE ($1::text IS NULL OR rule = $1) AND ($2::text IS NULL OR severity = $2)
          AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR lots @> ARRAY[$4::uuid])
          AND ($5::bigint IS NULL OR (opened_at, id) < ($5, $6::uuid))
        ORDER BY opened_at DESC, id DESC LIMIT $7`,
      [rule ?? null, severity ?? null, status ?? null, lot ?? null, openedAt, id, limit + 1],
    );
    return pageOf(rows, limit, (row) => [row.opened_at, row.id], viewOf);
  }

  /**
   * Records that a person acknowledged a finding, or to whom it is assigned. Changes no verdict. Throws `not-found`.
   */
  async respond(id: string, { acknowledged, assignee }: DeskNote): Promise<FindingView> {
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
  async byId(id: string): Promise<FindingView> {
    const { rows } = await this.database.query<FindingRow>(`SELECT ${columns} FROM findings WHERE id = $1`, [id]);
    if (rows[0] === undefined) throw new AditError('not-found', `There is no finding ${id}.`);
    return viewOf(rows[0]);
  }
}
