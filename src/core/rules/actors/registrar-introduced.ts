import { byRegistry } from '../engine/evidence.js';
import { actorTypes, judgesEach } from '../engine/each-event.js';
import { introductionOf } from './key-trust.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { keySubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { registrarIntroduced: parameter.severityOnly('medium') };
type Parameters = ValuesOf<typeof schema>;

export const registrarIntroduced: Rule<typeof schema> = {
  id: 'registrar-introduced',
  version: 1,
  group: 'actors',
  title: 'Signed with a key that a registrar introduced',
  means:
    'A registrar added this key in the name of its actor, or such a key added it, and no older key of the actor endorses it: only the registrar confirms that the actor signed.',
  doesNotMean:
    'That another person signed: an actor that lost every device gets a new key in this way. If an older key is left, it endorses the `key.added`, which closes the finding on every event of the key.',
  causes: {
    innocent: 'an actor that lost every device',
    bad: 'the registrar signs in the name of others',
  },
  advice:
    'Ask the actor, by another way than the registrar’s, whether the key is theirs. Where an older key is left, it endorses the `key.added` (`event.endorsed`), which closes the finding on every event of the key; where none is left, an authority or the registrar explains it (`finding.answered`).',
  parameters: schema,
  describe: ({ registrarIntroduced: { severity } }) =>
    `Any event signed with a key that a registrar added for another actor, or that was added with such a key, until an older key of that actor, itself not introduced, endorses its \`key.added\`: ${severity}. The first key of an actor, which its registration names, is not introduced.`,
  standard: 'NIST SP 800-63B, account recovery and the binding of authenticators',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(actorTypes, ({ event }, facts, { registrarIntroduced: { severity } }: Parameters) => {
    const added = introductionOf(facts, event.kid);
    if (added === null) return [];
    const { iss, payload } = added.event;
    const how = iss === payload.actor ? 'by a key that a registrar had introduced' : `by ${iss}`;
    return [
      {
        severity,
        root: keySubject(event.kid),
        events: [event.id, added.event.id],
        measured: `key added ${how}`,
        threshold: 'endorsed by an older key',
        detail: `${event.type} of ${event.iss} was signed with a key that was added ${how} (entry ${added.index}), and no older key of ${event.iss} stands by it.`,
      },
    ];
  }),
};
