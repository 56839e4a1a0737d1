import { Injectable } from '@nestjs/common';
import { noticesOf } from '../../core/bundle/notices.js';
import { coverageOf } from '../../core/bundle/verdicts.js';
import type { Report, ReportedFinding } from '../../core/api/report.js';
import type { FindingRow } from './judge-lot.js';
import { ReadLot } from './read-lot.js';

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

const reported = ({
  opened_at,
  first_index: _first,
  official: _official,
  ...finding
}: FindingRow): ReportedFinding => ({
  ...finding,
  openedAt: new Date(opened_at).toISOString(),
});
