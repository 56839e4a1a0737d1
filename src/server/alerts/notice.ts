import type { Alert } from '../../core/api/alert.js';

/** What happened to an alert, as subscribers see it in `type`. */
export type NoticeType =
  'alert.opened' | 'alert.updated' | 'alert.regressed' | 'alert.acknowledged' | 'alert.resolved' | 'alert.escalated';

/** Texts that a rule writes are short; one that is not must not make a message that a receiver refuses, characters. */
const TEXT = 1_000;
/** Lots and events that a message names; the alert's own page names more. */
const NAMED = 50;

const cut = (text: string): string => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text);

/**
 * An alert as it is told: JSON of less than 20 kB (Standard Webhooks asks for that) whatever it stands for. What is left
 * out is at `links.alert`.
 */
export const noticeData = (alert: Alert): string =>
  JSON.stringify({
    ...alert,
    lots: alert.lots.slice(0, NAMED),
    events: alert.events.slice(0, NAMED),
    measured: cut(alert.measured),
    threshold: cut(alert.threshold),
    detail: cut(alert.detail),
  });

interface Told {
  status: Alert['status'];
  told: string | null;
}

/** What there is to say of an alert; null if it came and went before anybody had heard of it, or nothing has changed. */
export function noticeType({ status, told }: Told, grew: boolean): NoticeType | null {
  if (told === null) return status === 'resolved' ? null : status === 'open' ? 'alert.opened' : 'alert.acknowledged';
  if (status === told) return grew ? 'alert.updated' : null;
  if (status === 'open') return 'alert.regressed';
  return `alert.${status}`;
}
