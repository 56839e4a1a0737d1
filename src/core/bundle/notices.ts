import type { Severity } from '../rules/rule.js';

/** What a reader must hear before the verdicts: facts about a lot that no verdict puts into words. */
export interface Notice {
  kind: 'hold' | 'assignment' | 'dispute' | 'incident' | 'claim';
  /** One sentence for people. */
  text: string;
  severity: Severity;
  /** Share of the lot's mass that it concerns; less than 1 where it is about something that the lot was made of. */
  share: string | null;
  /** Id of the finding that has the events. */
  finding: string;
}

/** In the order in which they are said. */
const kinds = new Map<string, Notice['kind']>([
  ['lot-held', 'hold'],
  ['custody-assigned', 'assignment'],
  ['dispute-open', 'dispute'],
  ['incident-open', 'incident'],
  ['stranger-claim', 'claim'],
]);

interface Noticed {
  id: string;
  rule: string;
  detail: string;
  severity: Severity;
  share: string | null;
}

/** Lists what is said first of a lot: holds, then assignments by an authority, open disputes, open incidents, claims of strangers. */
export const noticesOf = (findings: readonly Noticed[]): Notice[] =>
  [...kinds].flatMap(([rule, kind]) =>
    findings
      .filter((finding) => finding.rule === rule)
      .map(({ id, detail, severity, share }) => ({ kind, text: detail, severity, share, finding: id })),
  );

const shareText = ({ share }: Notice): string =>
  share === null || share === '1.0000' ? '' : ` (${Math.floor(Number(share) * 10_000) / 100} % of the lot)`;

/** Puts a notice into one line: its kind in capitals, what it says, and of which share of the lot. */
export const noticeLine = (notice: Notice): string =>
  `${notice.kind.toUpperCase()}: ${notice.text}${shareText(notice)}`;
