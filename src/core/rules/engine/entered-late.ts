import { custodyTypes } from './each-event.js';
import type { Facts, JudgedEvent } from './facts.js';
import { enteredSubject, isEnteredLate } from './subjects.js';

/** Entries that one actor logged within one hour, long after they happened. */
export interface Batch {
  /** The subject under which these entries are filed. */
  subject: string;
  actor: string;
  entries: readonly JudgedEvent[];
}

/** Returns the delay between an event and its entry in the log, ms; null before the first `log.clock`. */
export const delayOf = ({ event, recordedAt }: JudgedEvent): number | null =>
  recordedAt === null ? null : recordedAt - event.occurredAtMs;

export const isCustody = ({ event }: JudgedEvent): boolean => (custodyTypes as readonly string[]).includes(event.type);

/** Returns the hours with late entries, each with all custody events that the actor logged late in it. */
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
