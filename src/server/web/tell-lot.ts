import { Injectable } from '@nestjs/common';
import type { LotEvent } from '../../core/api/event.js';
import type { JudgedLotState, Lineage } from '../../core/api/lot.js';
import { AditError } from '../../core/errors.js';
import type { Language } from '../../core/api/alerts/subscription.js';
import type { LotData } from '../../web/explorer/lot-data.js';
import { groupsOf } from '../../web/explorer/fold.js';
import { tellStory } from '../../web/explorer/story.js';
import { Clock } from '../clock.js';
import { meaningIn } from './rule-in.js';
import { ListLotEvents } from '../provenance/list-lot-events.js';
import { ReadLot } from '../provenance/read-lot.js';
import { ReportLot } from '../provenance/report-lot.js';
import { MAX_DEPTH, TraceLineage } from '../provenance/trace-lineage.js';

/** Lots whose chains one page reads at most, and of each group of the same kind. */
const MAX_CHAINS = 48;
const CHAINS_OF_GROUP = 3;
/** Events of one chain that a page reads at most. */
const MAX_EVENTS = 100;

/** Gathers what the page of a lot shows. */
@Injectable()
export class TellLot {
  constructor(
    private readonly lots: ReadLot,
    private readonly reports: ReportLot,
    private readonly lineage: TraceLineage,
    private readonly events: ListLotEvents,
    private readonly clock: Clock,
  ) {}

  /** Gathers the state, the report, the ancestors and the story of a lot. Throws `not-found`. */
  async tell(id: string, language: Language): Promise<LotData> {
    const lot = await this.lots.state(id);
    const [{ findings, ...report }, whole] = await Promise.all([this.reports.report(id), this.upstreamOf(id)]);
    const lineage = whole ?? aloneOf(id, lot);
    const chosen = chainsToRead(lineage);
    const chains = await Promise.all(chosen.map((one) => this.chain(one)));
    const story = tellStory(new Set(lineage.nodes.map((node) => node.lot)), chains.flat());
    return {
      lot,
      report,
      findings: findings.map((finding) => ({ ...finding, ...meaningIn(finding.rule, language) })),
      lineage,
      story,
      isWhole: whole !== null,
      unread: lineage.nodes.length - chosen.length,
      now: this.clock.now(),
    };
  }

  /** Returns the ancestors; null for who may not see them. */
  private async upstreamOf(id: string): Promise<Lineage | null> {
    try {
      return await this.lineage.trace(id, 'upstream', MAX_DEPTH);
    } catch (error) {
      if (!(error instanceof AditError && error.code === 'not-allowed')) throw error;
      return null;
    }
  }

  private async chain(lot: string): Promise<LotEvent[]> {
    return (await this.events.list(lot, { limit: MAX_EVENTS })).items;
  }
}

/** Returns the lineage of a lot without its ancestors. */
const aloneOf = (id: string, { status, holder, mass }: JudgedLotState): Lineage => ({
  lot: id,
  direction: 'upstream',
  nodes: [{ lot: id, status, holder, mass }],
  edges: [],
  truncated: false,
});

/** Chooses the lots whose chains are read: the lot itself, and some of each group of ancestors of the same kind. */
function chainsToRead(lineage: Lineage): string[] {
  const groups = groupsOf(lineage).filter((lots) => lots[0] !== lineage.lot);
  return [lineage.lot, ...groups.flatMap((lots) => lots.slice(0, CHAINS_OF_GROUP))].slice(0, MAX_CHAINS);
}
