import type { Notice } from '../api/report.js';
import { ruleById } from '../rules/index.js';
import { type Severity, noticeKinds } from '../rules/engine/rule.js';

interface NoticeSource {
  id: string;
  rule: string;
  detail: string;
  severity: Severity;
  share: string | null;
}

/** Lists the notices of a lot: holds, then assignments, open disputes, open incidents, claims of strangers. */
export const noticesOf = (findings: readonly NoticeSource[]): Notice[] =>
  noticeKinds.flatMap((kind) =>
    findings
      .filter(({ rule }) => ruleById.get(rule)?.notice === kind)
      .map(({ id, detail, severity, share }) => ({ kind, text: detail, severity, share, finding: id })),
  );

const shareText = ({ share }: Notice): string =>
  share === null || share === '1.0000' ? '' : ` (${Math.floor(Number(share) * 10_000) / 100} % of the lot)`;

/** Formats a notice as one line: its kind in capitals, its text, and its share of the lot. */
export const noticeLine = (notice: Notice): string =>
  `${notice.kind.toUpperCase()}: ${notice.text}${shareText(notice)}`;
