import type { Facts } from './facts.js';
import { actorSubject, eventSubject } from './subjects.js';

/** Events that others close, settle or take up: what is filed under them tells whether they are open. */
const OPEN_UNTIL_SAID = new Set(['incident.reported', 'event.disputed']);

/**
 * Lists the subjects behind incidents and disputes among what is loaded: what was said of them since, and who says it, for the
 * word of a stranger weighs less. Whoever loads facts asks until there is nothing new.
 */
export const subjectsOfStatements = (about: Facts['about']): string[] =>
  [...about.values()].flat().flatMap(({ event }) => {
    if (OPEN_UNTIL_SAID.has(event.type)) return [eventSubject(event.id), actorSubject(event.iss)];
    return event.type === 'incident.updated' ? [actorSubject(event.iss)] : [];
  });
