import { eventTypes } from '../event/types/index.js';
import type { EventTypeName } from '../event/types/index.js';
import { judgesEach } from './each-event.js';
import { isEndorsed } from './registry.js';
import { isType } from './facts.js';
import type { Rule } from './rule.js';
import { keySubject } from './subjects.js';

/** What the service itself signs is not signed with an actor's key. */
const types = [...eventTypes.keys()].filter(
  (type) => !['log.clock', 'index.sealed', 'event.refused', 'ledger.opened'].includes(type),
) as EventTypeName[];

export const keyCompromised: Rule = {
  id: 'key-compromised',
  version: 1,
  group: 'actors',
  title: 'Signed with a key that was in other hands',
  means:
    'The key was revoked as compromised from an index on, and this event was signed with it at or after that index.',
  doesNotMean: 'That the event is false: its actor may stand by it with a living key, which closes the finding.',
  describe: ({ keyCompromised: { severity } }) =>
    `Any event at or after \`compromisedSince\` of its key's revocation that its actor has not endorsed: ${severity}.`,
  standard: 'NIST SP 800-57 part 1, compromised keys',
  scope: ['about'],
  ...judgesEach(types, ({ index, event }, facts, { keyCompromised: { severity } }) => {
    const revoked = (facts.about.get(keySubject(event.kid)) ?? []).find((entry) => isType(entry, 'key.revoked'));
    const since = revoked?.event.payload.compromisedSince;
    if (revoked === undefined || since === undefined || index < since) return [];
    if (event.id === revoked.event.id || isEndorsed(facts, event.id, event.iss)) return [];
    return [
      {
        severity,
        root: keySubject(event.kid),
        events: [event.id, revoked.event.id],
        measured: `entry ${index}`,
        threshold: `entry ${since}`,
        detail: `${event.type} of ${event.iss} was signed with a key that has been in other hands since entry ${since}.`,
      },
    ];
  }),
};
