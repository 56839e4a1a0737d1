import type { Alert } from '../../core/api/alerts/alert.js';

/** Type of a notification, as subscribers see it in `type`. */
export type NoticeType =
  'alert.opened' | 'alert.updated' | 'alert.regressed' | 'alert.acknowledged' | 'alert.resolved' | 'alert.escalated';

/** Characters of one text at most, so that the message stays within what receivers accept. */
const TEXT = 1_000;
/** Lots and events that a message names at most; the alert itself names more. */
const NAMED = 50;

const cut = (text: string): string => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text);

/**
 * Returns the alert as the data of a notification: JSON of less than 20 kB, as Standard Webhooks asks. `links.alert`
 * has the rest.
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

interface NotifiedAlert {
  status: Alert['status'];
  notified: string | null;
}

/**
 * Returns the type of the notification to send; null if nothing changed, or the alert was resolved before its first
 * notification.
 */
export function noticeType({ status, notified }: NotifiedAlert, grew: boolean): NoticeType | null {
  if (notified === null)
    return status === 'resolved' ? null : status === 'open' ? 'alert.opened' : 'alert.acknowledged';
  if (status === notified) return grew ? 'alert.updated' : null;
  if (status === 'open') return 'alert.regressed';
  return `alert.${status}`;
}
