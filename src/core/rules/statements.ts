import type { Facts } from './facts.js';
import { actorSubject, eventSubject } from './subjects.js';

/** Event types that later events close or settle; the entries filed under them decide whether they are open. */
const OPEN_UNTIL_SAID = new Set(['incident.reported', 'event.disputed']);

/**
 * Lists the subjects behind loaded incidents and disputes: later statements about them, and their signers, because the
 * statement of a stranger counts less. The loader repeats this until nothing new is listed.
 */
export const subjectsOfStatements = (about: Facts['about']): string[] =>
  [...about.values()].flat().flatMap(({ event }) => {
    if (OPEN_UNTIL_SAID.has(event.type)) return [eventSubject(event.id), actorSubject(event.iss)];
    return event.type === 'incident.updated' ? [actorSubject(event.iss)] : [];
  });
