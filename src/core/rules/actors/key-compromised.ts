import { byRegistry } from '../engine/evidence.js';
import { actorTypes, judgesEach } from '../engine/each-event.js';
import { compromiseOf, isEndorsed } from './key-trust.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { keySubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { keyCompromised: parameter.severityOnly('critical') };
type Parameters = ValuesOf<typeof schema>;

export const keyCompromised: Rule<typeof schema> = {
  id: 'key-compromised',
  version: 2,
  group: 'actors',
  title: 'Signed with a key that was in other hands',
  means:
    'The key was revoked as compromised from an index on, and this event was signed with it at or after that index; or with a key that such a one had added by then.',
  doesNotMean:
    'That the event is false: its actor may endorse it with a living key that was never compromised, which closes the finding.',
  causes: {
    innocent: 'the owner signed it, and has not endorsed it yet',
    bad: 'a thief signed it',
  },
  advice:
    'Ask the actor, by a way that does not use the lost key, which of these events are its own. It closes for each event that the actor endorses by `event.endorsed` with a living key; treat the others as signed by another person.',
  parameters: schema,
  describe: ({ keyCompromised: { severity } }) =>
    `Any event at or after \`compromisedSince\` of its key's revocation that its actor has not endorsed: ${severity}. A key that such a key added at or after that index counts as compromised from its first event, and so on from key to key, unless whoever added it endorses the addition. Endorsements by compromised keys count for nothing.`,
  standard: 'NIST SP 800-57 part 1, compromised keys',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(actorTypes, ({ index, event }, facts, { keyCompromised: { severity } }: Parameters) => {
    const compromise = compromiseOf(facts, event.kid);
    if (compromise === null || index < compromise.since) return [];
    const { since, by, through } = compromise;
    if (event.id === by.event.id || isEndorsed(facts, event.id, event.iss)) return [];
    const why =
      through === null
        ? `a key that has been in other hands since entry ${since}`
        : `a key that was added by entry ${since} with one that was in other hands by then`;
    return [
      {
        severity,
        root: keySubject(event.kid),
        events: [event.id, by.event.id, ...(through === null ? [] : [through.event.id])],
        measured: `entry ${index}`,
        threshold: `entry ${since}`,
        detail: `${event.type} of ${event.iss} was signed with ${why}.`,
      },
    ];
  }),
};
