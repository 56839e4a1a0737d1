import { Injectable } from '@nestjs/common';
import { axisOfFinding, verdictsOf } from '../../core/bundle/verdicts.js';
import { observedBy } from '../../core/access/observed.js';
import { byBytes } from '../../core/rules/engine/evidence.js';
import { ruleById } from '../../core/rules/index.js';
import { Upstream, shareText } from '../../core/custody/flows.js';
import type { ReportedFinding, Undecided } from '../../core/api/report.js';
import type { Verdicts } from '../../core/api/lot.js';
import { Database } from '../database/database.js';
import { RuleParameters } from '../config/rule-parameters.js';
import { TraceLineage } from './trace-lineage.js';

/** Flows of mass into a lot and its ancestors that a verdict considers at most. */
export const MAX_FLOWS = 100_000;
/** Findings whose share of the mass is computed at most; the others have no share. */
const MAX_SHARES = 500;
/** Verdicts cached until the log or a finding changes. */
const KEPT = 200;

/** A finding with its share of the lot's mass, as the database has its time. */
export interface FindingRow extends Omit<ReportedFinding, 'openedAt'> {
  opened_at: number;
  first_index: number | null;
  /** Whether an entitled party has answered it. */
  official: boolean;
}

export interface Judgement {
  verdicts: Verdicts;
  /** Findings that are open: on the lot, its ancestors, or the whole log. */
  findings: FindingRow[];
  undecided: Undecided[];
  /** Share of the mass that an assay by a laboratory confirms. */
  assayed: string;
  /** The lot and all its ancestors. */
  lots: readonly string[];
}

/** Computes the verdicts of a lot from the findings on it and on all its ancestors. */
@Injectable()
export class JudgeLot {
  private readonly kept = new Map<string, { asOf: string; judgement: Judgement }>();

  constructor(
    private readonly database: Database,
    private readonly lineage: TraceLineage,
    private readonly parameters: RuleParameters,
  ) {}

  /** @param asOf the version that `version` returned. */
  async judge(lot: string, inTransit: boolean, asOf: string): Promise<Judgement> {
    const known = this.kept.get(lot);
    if (known?.asOf === asOf) return known.judgement;
    const judgement = await this.judgeAnew(lot, inTransit);
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.set(lot, { asOf, judgement });
    return judgement;
  }

  /** Returns what a former party sees of a judgement: the findings on the lot itself up to an entry, and their verdicts. */
  within(judgement: Judgement, lot: string, until: number): Judgement {
    const seen = judgement.findings.filter(
      ({ first_index: first, lots }) => lots.length === 0 || (lots.includes(lot) && first !== null && first <= until),
    );
    const undecided = judgement.undecided.filter(({ subject }) => subject.includes(lot));
    const verdicts = verdictsOf(seen, undecided, false, this.parameters.asOf(null).required);
    const own = { has: (one: string): boolean => one === lot };
    return { ...judgement, verdicts, findings: seen.map((finding) => observedBy(finding, own)), undecided };
  }

  /** Returns the version of everything that a verdict depends on: the log, the findings, and the workers' results. */
  async version(): Promise<string> {
    const { rows } = await this.database.lookup.query<{ size: number; judged: string; change: number | null }>(
      `SELECT log_state.size, verification_cursor.xmin::text AS judged, (SELECT max(change) FROM findings) AS change
         FROM log_state, verification_cursor`,
    );
    return JSON.stringify(rows[0]);
  }

  private async judgeAnew(lot: string, inTransit: boolean): Promise<Judgement> {
    const flows = await this.lineage.flowsInto([lot], MAX_FLOWS);
    const lots = [...new Set([lot, ...flows.map(({ from }) => from)])];
    const upstream = new Upstream(lot, flows);
    const [{ rows: findings }, { rows: undecided }, { rows: assayed }] = await Promise.all([
      this.database.lookup.query<Omit<FindingRow, 'certainty' | 'basis'>>(
        `SELECT id, rule, version, severity, status, lots, events, measured, threshold, detail, opened_at, first_index,
                EXISTS (SELECT FROM finding_answers AS a
                         WHERE a.finding = findings.id AND a.index = findings.answered AND a.official) AS official
           FROM findings
          WHERE status NOT IN ('closed', 'dismissed') AND (lots && $1::uuid[] OR (lots = '{}' AND rule LIKE 'record-%'))
          ORDER BY opened_at, id`,
        [lots],
      ),
      this.database.lookup.query<Undecided>(
        'SELECT rule, subject, reason FROM undecided WHERE lots && $1::uuid[] ORDER BY rule, subject LIMIT 1000',
        [lots],
      ),
      this.database.lookup.query<{ id: string }>('SELECT id FROM lots WHERE id = ANY($1::uuid[]) AND assayed', [lots]),
    ]);
    const shown = findings.map((finding, i): FindingRow => {
      const share =
        finding.lots.length === 0 || i >= MAX_SHARES ? null : shareText(upstream.shareThrough(new Set(finding.lots)));
      const evidence = ruleById.get(finding.rule)?.evidence ?? byBytes;
      return { ...finding, ...evidence, share, counts: axisOfFinding(finding) !== 'nothing' };
    });
    return {
      verdicts: verdictsOf(findings, undecided, inTransit, this.parameters.asOf(null).required),
      findings: shown,
      undecided,
      assayed: shareText(upstream.shareThrough(new Set(assayed.map(({ id }) => id)))),
      lots,
    };
  }
}
