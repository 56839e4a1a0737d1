import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../../core/errors.js';
import { ruleName } from '../../../core/api/values.js';
import { lotIdSchema } from '../../../core/event/primitives.js';
import { severities } from '../../../core/rules/engine/rule.js';
import type { FindingNote, ListedFinding } from '../../../core/api/finding.js';
import { findingStatuses } from '../../../core/rules/engine/answers.js';
import type { Page } from '../../../core/api/page.js';
import { byBytes } from '../../../core/rules/engine/evidence.js';
import { ruleById } from '../../../core/rules/index.js';
import { isOperating, observedBy, tradeRules } from '../../../core/access/observed.js';
import type { Viewer } from '../../../core/access/viewer.js';
import { Database } from '../../database/database.js';
import { actorNow, viewerNow } from '../../http/viewing.js';
import { LotRights, NO_LOT } from '../../ledger/read/lot-rights.js';
import { ofViewer } from '../../ledger/read/of-viewer.js';
import { lotNamesOf } from '../../ledger/read/name-lots.js';
import { decodeCursor, pageOf, pageQuery } from '../../http/paging.js';

export const findingsQuery = pageQuery.extend({
  rule: ruleName.optional(),
  severity: z.enum(severities).optional(),
  status: z.enum(findingStatuses).optional(),
  lot: lotIdSchema.optional(),
});
export type FindingsQuery = z.infer<typeof findingsQuery>;

interface FindingRow extends Omit<
  ListedFinding,
  'certainty' | 'basis' | 'firstIndex' | 'openedAt' | 'closedAt' | 'dueAt' | 'acknowledgedAt'
> {
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
  ...(ruleById.get(row.rule)?.evidence ?? byBytes),
  firstIndex: first_index,
  openedAt: rfc3339(opened_at),
  closedAt: closed_at === null ? null : rfc3339(closed_at),
  dueAt: due_at === null ? null : rfc3339(due_at),
  acknowledgedAt: acknowledged_at?.toISOString() ?? null,
});

/** A note of the viewer: that of an actor in `own`, that of the desk beside the finding. `$1` is the actor. */
const noteOf = (column: string): string =>
  `CASE WHEN $1::text IS NULL THEN findings.${column} ELSE own.${column} END AS ${column}`;
const FROM_FINDINGS = 'FROM findings LEFT JOIN finding_notes AS own ON own.finding = findings.id AND own.owner = $1';

const columns = `id, rule, version, severity, status, subject, lots, ${lotNamesOf('findings.lots')} AS about, events, measured, threshold, detail, first_index,
                 opened_at, closed_at, reopened, parameters, due_at, ${noteOf('assignee')}, ${noteOf('acknowledged_at')},
                 (SELECT COALESCE(json_agg(json_build_object('event', a.event, 'index', a.index, 'by', a.by_actor,
                           'answer', a.answer, 'reason', a.reason, 'dueOn', a.due_on, 'counts', a.counts) ORDER BY a.index), '[]')
                    FROM finding_answers AS a WHERE a.finding = findings.id) AS answers`;
const position = z.tuple([z.int(), z.uuid()]);
type Position = z.infer<typeof position>;

type Asked = Pick<FindingsQuery, 'rule' | 'severity' | 'status'> & { after: Position | [null, null]; limit: number };

/** Which findings a page is chosen from; null: no limit. */
interface Chosen {
  lot: string | null;
  /** Index of the last entry that the viewer may see of this lot. */
  until: number | null;
  ids: string[] | null;
  /** Whether only findings about the record itself are chosen. */
  operating: boolean;
}

const OF_VIEWER = ofViewer({
  table: 'findings',
  columns: 'id, opened_at',
  where: `($1::text IS NULL OR rule = $1) AND ($2::text IS NULL OR severity = $2) AND ($3::text IS NULL OR status = $3)
    AND ($4::bigint IS NULL OR (opened_at, id) < ($4, $5::uuid))`,
  order: 'opened_at DESC, id DESC',
  limit: '$6',
  fewParts: 1_000,
});

/** Findings on goods that are listed at most. */
const RESTING = 50;

/** Lists findings, the last opened first. */
@Injectable()
export class ListFindings {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /** Lists the findings that the viewer may see. Throws `not-found` for a lot that it may not see. */
  async list({ lot, limit, cursor, ...filters }: FindingsQuery): Promise<Page<ListedFinding>> {
    const viewer = viewerNow();
    const until = lot === undefined ? null : (await this.rights.require(lot)).until;
    const asked = { ...filters, after: decodeCursor(cursor, position) ?? [null, null], limit: limit + 1 };
    // With a lot the right to that lot decides; otherwise row-level security chooses.
    const operating = viewer.kind === 'operator';
    const chosen = viewer.kind === 'everyone' || operating || lot !== undefined;
    const ids = chosen ? null : await this.idsFor(viewer, asked);
    const rows = await this.rows(asked, { lot: lot ?? null, until, ids, operating });
    const page = pageOf(
      rows,
      limit,
      (row): Position => [row.opened_at, row.id],
      (row) => row,
    );
    return { ...page, items: await Promise.all(page.items.map((row) => this.shown(row))) };
  }

  /** Returns the ids of the findings of a page that the viewer may see. */
  private async idsFor(viewer: Viewer, { rule, severity, status, after, limit }: Asked): Promise<string[]> {
    const { rows } = await this.database.reader
      .for(viewer)
      .query<{ id: string }>(OF_VIEWER, [rule ?? null, severity ?? null, status ?? null, ...after, limit]);
    return rows.map(({ id }) => id);
  }

  private async rows(
    { rule, severity, status, after, limit }: Asked,
    { lot, until, ids, operating }: Chosen,
  ): Promise<FindingRow[]> {
    const { rows } = await this.database.reads.query<FindingRow>(
      `SELECT ${columns} ${FROM_FINDINGS}
        WHERE ($2::text IS NULL OR rule = $2) AND ($3::text IS NULL OR severity = $3)
          AND ($4::text IS NULL OR status = $4) AND ($5::uuid IS NULL OR lots @> ARRAY[$5::uuid])
          AND ($6::bigint IS NULL OR (opened_at, id) < ($6, $7::uuid))
          AND ($9::uuid[] IS NULL OR id = ANY($9)) AND ($10::bigint IS NULL OR first_index <= $10)
          AND (NOT $11 OR (lots = '{}' AND rule <> ALL($12)))
        ORDER BY opened_at DESC, id DESC LIMIT $8`,
      [
        actorNow(),
        rule ?? null,
        severity ?? null,
        status ?? null,
        lot,
        ...after,
        limit,
        ids,
        until,
        operating,
        tradeRules,
      ],
    );
    return rows;
  }

  /** Lists the findings on some lots that rest on some events, as far as the viewer may see them. */
  async restingOn(events: readonly string[], lots: readonly string[]): Promise<ListedFinding[]> {
    if (events.length === 0 || lots.length === 0) return [];
    const viewer = viewerNow();
    const { rows } = await this.database.reads.query<{ id: string }>(
      `SELECT id FROM findings WHERE lots && $1::uuid[] AND events && $2::text[]
        ORDER BY opened_at DESC, id DESC LIMIT ${RESTING}`,
      [lots, events],
    );
    const named = rows.map(({ id }) => id);
    const sight = 'SELECT id FROM findings WHERE id = ANY($1::uuid[])';
    const seen =
      viewer.kind === 'everyone'
        ? rows
        : (await this.database.reader.for(viewer).query<{ id: string }>(sight, [named])).rows;
    const ids = seen.map(({ id }) => id);
    const read = await this.rows(
      { after: [null, null], limit: RESTING },
      { lot: null, until: null, ids, operating: false },
    );
    return Promise.all(read.map((row) => this.shown(row)));
  }

  /** Returns a finding as the viewer may see it. */
  private async shown(row: FindingRow): Promise<ListedFinding> {
    const finding = findingOf(row);
    if (viewerNow().kind === 'everyone') return finding;
    const seen = await this.rights.seen(row.lots, row.first_index);
    return { ...observedBy(finding, seen), about: finding.about.filter(({ lot }) => seen.has(lot)) };
  }

  /**
   * Records that a person acknowledged a finding, or to whom it is assigned; for an actor, its own note. Changes no verdict.
   * Throws `not-found`.
   */
  async respond(id: string, { acknowledged, assignee }: FindingNote): Promise<ListedFinding> {
    await this.byId(id);
    const actor = actorNow();
    const values = [id, acknowledged === true, assignee !== undefined, assignee ?? null];
    if (actor === null)
      await this.database.query(
        `UPDATE findings
            SET acknowledged_at = CASE WHEN $2 THEN COALESCE(acknowledged_at, now()) ELSE acknowledged_at END,
                assignee = CASE WHEN $3 THEN $4 ELSE assignee END
          WHERE id = $1`,
        values,
      );
    else
      await this.database.query(
        `INSERT INTO finding_notes AS own (finding, owner, acknowledged_at, assignee)
         VALUES ($1, $5, CASE WHEN $2 THEN now() END, $4)
         ON CONFLICT (finding, owner) DO UPDATE
            SET acknowledged_at = COALESCE(own.acknowledged_at, EXCLUDED.acknowledged_at),
                assignee = CASE WHEN $3 THEN EXCLUDED.assignee ELSE own.assignee END`,
        [...values, actor],
      );
    return this.byId(id);
  }

  /** Returns one finding. Throws `not-found`. */
  async byId(id: string): Promise<ListedFinding> {
    const { rows } = await this.database.reads.query<FindingRow>(`SELECT ${columns} ${FROM_FINDINGS} WHERE id = $2`, [
      actorNow(),
      id,
    ]);
    const [row] = rows;
    // Also for a finding that does not exist, so that the answer takes as long.
    const seen = await this.rights.seen(row?.lots ?? [NO_LOT], row?.first_index ?? null);
    const isOpen =
      viewerNow().kind === 'everyone' ||
      seen.size > 0 ||
      (row !== undefined && viewerNow().kind === 'operator' && isOperating(row));
    if (row === undefined || !isOpen) throw new AditError('not-found', `There is no finding ${id}.`);
    return this.shown(row);
  }
}
