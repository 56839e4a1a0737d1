import type { JudgedLotState, Lineage } from '../../core/api/lot.js';
import type { Report } from '../../core/api/report.js';
import type { GoodsPlaces } from './places.js';
import type { Story } from './story.js';

/** A finding with the title of its rule in the reader's language. */
export interface TitledFinding {
  id: string;
  rule: string;
  title: string;
  /** What its rule means, in the reader's language. */
  means: string;
  severity: string;
  status: string;
  detail: string;
  measured: string;
  threshold: string;
  openedAt: string;
  share: string | null;
  counts: boolean;
  lots: readonly string[];
  events: readonly string[];
}

/** What is known of a lot: its state, what weighs on it, and its story. */
export interface LotData {
  lot: JudgedLotState;
  report: Omit<Report, 'findings'>;
  findings: readonly TitledFinding[];
  lineage: Lineage;
  story: Story;
  /** Ancestors whose events are not read, because others of the same kind are. */
  unread: number;
  /** Whether the reader may see all that the lot was made of, and so the evidence. */
  isWhole: boolean;
  /** Present time, ms: where bars of those who still hold the lot end. */
  now: number;
}

/** Everything that the page of a lot shows. */
export interface LotPageData extends LotData {
  /** Where the goods were, as far as the reader may know. */
  places: GoodsPlaces;
}
