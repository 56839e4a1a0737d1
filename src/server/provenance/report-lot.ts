import { Injectable } from '@nestjs/common';
import { type Notice, noticesOf } from '../../core/bundle/notices.js';
import { type Coverage, type Verdicts, coverageOf } from '../../core/bundle/verdicts.js';
import type { Origin } from '../../core/custody/lot-state.js';
import type { OriginBasis } from '../../core/custody/view.js';
import type { FindingRow, UndecidedRow } from './judge-lot.js';
import { type AsOf, ReadLot } from './read-lot.js';

interface ReportedFinding {
  id: string;
  rule: string;
  version: number;
  severity: string;
  status: string;
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  openedAt: string;
  /** Share of the lot's mass that it concerns: 1 if it concerns the lot itself; null if it concerns the whole log. */
  share: string | null;
  /** Whether it counts in a verdict: not if it was explained, or concerns the signer and not the lot. */
  counts: boolean;
}

export interface Report {
  lot: string;
  asOf: AsOf;
  /** Notices shown first, in words: holds, assignments, open disputes and incidents. */
  notices: Notice[];
  verdicts: Verdicts;
  coverage: Coverage;
  origins: Origin[];
  originsBy: OriginBasis;
  findings: ReportedFinding[];
  /** Checks that rules could not decide, because evidence was not disclosed or a rule failed. */
  undecided: UndecidedRow[];
}

/** Reports on a lot: verdicts, the share of the mass that evidence covers, and findings. */
@Injectable()
export class ReportLot {
  constructor(private readonly lots: ReadLot) {}

  async report(id: string): Promise<Report> {
    const { lot, state, judgement, asOf } = await this.lots.read(id);
    return {
      lot: id,
      asOf,
      notices: noticesOf(judgement.findings),
      verdicts: judgement.verdicts,
      coverage: coverageOf(lot, judgement.assayed),
      origins: state.origins,
      originsBy: state.originsBy,
      findings: judgement.findings.map(reported),
      undecided: judgement.undecided,
    };
  }
}

const reported = ({ opened_at, ...finding }: FindingRow): ReportedFinding => ({
  ...finding,
  openedAt: new Date(opened_at).toISOString(),
});
