import { Injectable } from '@nestjs/common';
import { type RuleGroup, type Severity, severities } from '../../core/rules/rule.js';
import { rules } from '../../core/rules/index.js';
import { Database } from '../database/database.js';
import { TraceLineage } from './trace-lineage.js';

/** Lots that a verdict heeds at most: the lot and what it was made of. */
const MAX_ANCESTORS = 50_000;

/** Never one green tick: the record, the custody and the risk are three questions (protocol.md §6). */
export interface Verdicts {
  record: 'intact' | 'broken';
  custody: 'complete' | 'open' | 'gaps';
  risk: 'none' | Severity;
}

export interface FindingRow {
  id: string;
  rule: string;
  version: number;
  severity: Severity;
  status: 'open' | 'closed';
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  opened_at: number;
}

export interface Judgement {
  verdicts: Verdicts;
  /** Open findings on the lot, on what it was made of, or on the log as a whole. */
  findings: FindingRow[];
}

const groups = new Map<string, RuleGroup>(rules.map((rule) => [rule.id, rule.group]));

/** Gives a lot its verdicts from the open findings on it and on everything it was made of. */
@Injectable()
export class JudgeLot {
  constructor(
    private readonly database: Database,
    private readonly lineage: TraceLineage,
  ) {}

  async judge(lot: string, inTransit: boolean): Promise<Judgement> {
    const lots = await this.lineage.ancestors(lot, MAX_ANCESTORS);
    const { rows } = await this.database.pool.query<FindingRow>(
      `SELECT id, rule, version, severity, status, lots, events, measured, threshold, detail, opened_at
         FROM findings
        WHERE status = 'open' AND (lots && $1::uuid[] OR (lots = '{}' AND rule LIKE 'record-%'))
        ORDER BY opened_at, id`,
      [lots],
    );
    return { verdicts: verdictsOf(rows, inTransit), findings: rows };
  }
}

function verdictsOf(findings: FindingRow[], inTransit: boolean): Verdicts {
  const has = (group: RuleGroup): boolean => findings.some(({ rule }) => groups.get(rule) === group);
  const risks = findings
    .filter(({ rule }) => !['record', 'custody'].includes(groups.get(rule) ?? ''))
    .map(({ severity }) => severities.indexOf(severity));
  return {
    record: has('record') ? 'broken' : 'intact',
    custody: has('custody') ? 'gaps' : inTransit ? 'open' : 'complete',
    risk: severities[Math.max(-1, ...risks)] ?? 'none',
  };
}
