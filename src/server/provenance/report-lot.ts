import { Injectable } from '@nestjs/common';
import type { Lot, OriginBasis } from '../../core/custody/view.js';
import type { FindingRow, UndecidedRow, Verdicts } from './judge-lot.js';
import { type AsOf, type Origin, ReadLot } from './read-lot.js';

/** Shares of the lot's mass, "0.0000" to "1.0000". */
export interface Coverage {
  tracedToSite: string;
  assayed: string;
  signedByBothSides: string;
}

export interface ReportedFinding {
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
  /** Share of the lot's mass that it concerns: 1 where it is about the lot itself; null where it is about the whole log. */
  share: string | null;
}

export interface Report {
  lot: string;
  asOf: AsOf;
  verdicts: Verdicts;
  coverage: Coverage;
  origins: Origin[];
  originsBy: OriginBasis;
  findings: ReportedFinding[];
  /** What rules could not decide, because evidence was not disclosed or a rule failed. */
  undecided: UndecidedRow[];
}

/** Answers "is this lot what it claims, how do you know": verdicts, how much of the mass they cover, and the findings. */
@Injectable()
export class ReportLot {
  constructor(private readonly lots: ReadLot) {}

  async report(id: string): Promise<Report> {
    const { lot, state, judgement, asOf } = await this.lots.read(id);
    return {
      lot: id,
      asOf,
      verdicts: judgement.verdicts,
      coverage: coverageOf(lot, judgement.assayed),
      origins: state.origins,
      originsBy: state.originsBy,
      findings: judgement.findings.map(reported),
      undecided: judgement.undecided,
    };
  }
}

export const reported = ({ opened_at, ...finding }: FindingRow): ReportedFinding => ({
  ...finding,
  openedAt: new Date(opened_at).toISOString(),
});

/** `part` of `whole` as a decimal share, rounded down to four places, so that only the whole is "1.0000". */
function share(part: bigint, whole: bigint): string {
  const tenThousandths = whole === 0n ? 0n : (part * 10_000n) / whole;
  return `${tenThousandths / 10_000n}.${String(tenThousandths % 10_000n).padStart(4, '0')}`;
}

function coverageOf(lot: Lot, assayed: string): Coverage {
  const traced = lot.origins.reduce((sum, { mass }) => sum + mass, 0n);
  return {
    tracedToSite: share(traced, lot.mass),
    assayed,
    // Whatever a lot was made of was received before it was used; only its own last handover can still lack a signature.
    signedByBothSides: share(lot.status === 'inTransit' ? 0n : 1n, 1n),
  };
}
