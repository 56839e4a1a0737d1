import { custodyTypes } from './each-event.js';
import type { Facts, JudgedEvent } from './facts.js';
import { enteredSubject, isEnteredLate } from './subjects.js';

/** What one actor entered within one hour of the log, long after it had happened. */
export interface Batch {
  /** The subject under which these entries are filed. */
  subject: string;
  actor: string;
  entries: readonly JudgedEvent[];
}

/** How long after it happened an entry reached the log, ms; null before the log has a time. */
export const delayOf = ({ event, recordedAt }: JudgedEvent): number | null =>
  recordedAt === null ? null : recordedAt - event.occurredAtMs;

export const isCustody = ({ event }: JudgedEvent): boolean => (custodyTypes as readonly string[]).includes(event.type);

/** The hours in which late entries reached the log, with all custody events that their actors entered late in them. */
export function lateBatches({ entries, about }: Facts): Batch[] {
  const batches = new Map<string, Batch>();
  for (const entry of entries) {
    if (!isCustody(entry) || entry.recordedAt === null || !isEnteredLate(entry)) continue;
    const actor = entry.event.iss;
    const subject = enteredSubject(actor, entry.recordedAt);
    if (!batches.has(subject))
      batches.set(subject, { subject, actor, entries: (about.get(subject) ?? []).filter(isCustody) });
  }
  return [...batches.values()];
}
