import { Injectable } from '@nestjs/common';
import { type WeighedFinding, verdictsOf } from '../../core/bundle/verdicts.js';
import { marksUpstream } from '../../core/custody/flows.js';
import type { LotState, Verdicts } from '../../core/api/lot.js';
import { Database } from '../database/database.js';
import { RuleParameters } from '../config/rule-parameters.js';
import { MAX_FLOWS } from './judge-lot.js';
import { TraceLineage } from './trace-lineage.js';

type Judged = Pick<LotState, 'id' | 'status'>;

/** What weighs in a verdict: a finding; without a severity, a rule that could not decide. */
type Mark = WeighedFinding | { rule: string; severity: null };

/** A mark with one lot that it concerns; null: the whole log. */
interface MarkRow extends Omit<WeighedFinding, 'severity'> {
  severity: WeighedFinding['severity'] | null;
  lot: string | null;
}

/**
 * Computes the verdicts of many lots at once, each as `JudgeLot` does, in as many statements as for one lot. For lists: without
 * findings and shares.
 */
@Injectable()
export class JudgeLots {
  constructor(
    private readonly database: Database,
    private readonly lineage: TraceLineage,
    private readonly parameters: RuleParameters,
  ) {}

  /**
   * Returns the verdicts by lot.
   * @param most flows of mass that are considered at once.
   */
  async verdicts(lots: readonly Judged[], most = MAX_FLOWS): Promise<Map<string, Verdicts>> {
    if (lots.length === 0) return new Map();
    const ids = lots.map(({ id }) => id);
    const flows = await this.lineage.flowsInto(ids, most);
    // Together they were made of more than one verdict considers: each half is considered apart.
    if (flows.length === most && lots.length > 1) {
      const half = Math.ceil(lots.length / 2);
      const first = await this.verdicts(lots.slice(0, half), most);
      return new Map([...first, ...(await this.verdicts(lots.slice(half), most))]);
    }
    const required = this.parameters.asOf(null).required;
    const { ofLots, ofLog } = await this.marks([...new Set([...ids, ...flows.map(({ from }) => from)])], required);
    const gathered = marksUpstream(ids, flows, ofLots);
    return new Map(
      lots.map(({ id, status }) => {
        const marks = [...ofLog, ...(gathered.get(id) ?? [])];
        const findings = marks.filter((mark) => mark.severity !== null);
        const undecided = marks.filter((mark) => mark.severity === null);
        return [id, verdictsOf(findings, undecided, status === 'inTransit', required)];
      }),
    );
  }

  /** Reads what weighs on lots, each kind once a lot, and on the whole log. */
  private async marks(
    lots: readonly string[],
    required: readonly string[],
  ): Promise<{ ofLots: Map<string, Set<Mark>>; ofLog: Set<Mark> }> {
    const { rows } = await this.database.reads.query<MarkRow>(
      `SELECT DISTINCT rule, severity, status,
              EXISTS (SELECT FROM finding_answers AS a
                       WHERE a.finding = findings.id AND a.index = findings.answered AND a.official) AS official,
              named.lot
         FROM findings LEFT JOIN LATERAL unnest(lots) AS named (lot) ON true
        WHERE status NOT IN ('closed', 'dismissed') AND (lots && $1::uuid[] OR (lots = '{}' AND rule LIKE 'record-%'))
       UNION
       SELECT rule, NULL, NULL, false, named.lot FROM undecided CROSS JOIN LATERAL unnest(lots) AS named (lot)
        WHERE lots && $1::uuid[] AND rule = ANY($2::text[])`,
      [lots, required],
    );
    // Many lots have the same mark: one object, which sets hold once.
    const known = new Map<string, Mark>();
    const ofLots = new Map<string, Set<Mark>>();
    const ofLog = new Set<Mark>();
    for (const { lot, rule, severity, status, official } of rows) {
      const key = [rule, severity, status, official].join(' ');
      const mark = known.get(key) ?? (severity === null ? { rule, severity } : { rule, severity, status, official });
      known.set(key, mark);
      if (lot === null) ofLog.add(mark);
      else ofLots.set(lot, (ofLots.get(lot) ?? new Set()).add(mark));
    }
    return { ofLots, ofLog };
  }
}
