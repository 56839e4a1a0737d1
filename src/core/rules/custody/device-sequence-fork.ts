import { byContradiction } from '../engine/evidence.js';
import { neighbours } from './device-neighbours.js';
import { type NumberedEvent, numbered } from './device-numbers.js';
import type { Facts } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Rule } from '../engine/rule.js';
import { recorderSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { deviceSequenceFork: parameter.severityOnly('high') };

const subjectOf = ({ actor, device, seq }: NumberedEvent): string => `${actor}/${device}/${seq}`;
/** A refused event may be sent again under the same number. */
const isAdmitted = ({ entry }: NumberedEvent): boolean => entry.event.type !== 'event.refused';

const toJudge = (facts: Facts): Map<string, NumberedEvent> =>
  new Map(
    facts.entries
      .flatMap((entry) => numbered(entry) ?? [])
      .filter(isAdmitted)
      .map((own) => [subjectOf(own), own]),
  );

export const deviceSequenceFork: Rule<typeof schema> = {
  id: 'device-sequence-fork',
  version: 2,
  group: 'custody',
  title: 'A device used one number twice',
  means: 'Two different events bear the same running number of one device: one of its records was replaced by another.',
  doesNotMean: 'Which of the two was first. A device restored from a copy counts again from an older number.',
  causes: {
    innocent: 'the device was restored from a copy',
    bad: 'a record was replaced by another with the same number',
  },
  advice:
    'Ask the owner for the device and what it stores, and both receivers which record they were shown: one of the two replaced the other, unless the device was restored from a copy. Neither goes away, so the owner explains, and a registrar or an authority closes it, by `finding.answered`.',
  parameters: schema,
  describe: ({ deviceSequenceFork: { severity } }) =>
    `Two events of one actor and device with the same \`seq\`: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byContradiction,
  scope: ['chains', 'about'],
  needs: 'more',
  subjects: (facts) => [...toJudge(facts).keys()],
  evaluate: (facts, { deviceSequenceFork: { severity } }) =>
    [...toJudge(facts)].flatMap(([subject, own]) => {
      const twins = neighbours(own, facts).filter((other) => other.seq === own.seq && isAdmitted(other));
      if (twins.length < 2) return [];
      return [
        {
          severity,
          subject,
          cause: 'twice',
          root: recorderSubject(own.entry.event),
          lots: [...new Set(twins.flatMap(({ entry }) => lotsConcerned(entry, facts)))],
          events: twins.map(({ entry }) => entry.event.id),
          measured: `${twins.length} events`,
          threshold: '1 event',
          detail: `Device ${own.device} of ${own.entry.event.iss} signed ${twins.length} events as its number ${own.seq}.`,
          firstIndex: twins[1]?.entry.index ?? own.entry.index,
        },
      ];
    }),
};
