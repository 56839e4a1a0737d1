import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { countOf, durationText } from '../../words.js';
import { lotsOf } from '../engine/facts.js';
import { delayOf, lateBatches } from '../engine/entered-late.js';
import type { Rule } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  lateEntry: z.strictObject({
    severity: parameter.severity.default('medium'),
    hours: parameter.hours.default(72).describe('Hours from what happened to its entry'),
  }),
};

const HOUR = 3_600_000;

export const lateEntry: Rule<typeof schema> = {
  id: 'late-entry',
  version: 1,
  group: 'custody',
  weighs: 'risk',
  title: 'Entered long after it happened',
  means: 'Custody events reached the ledger days after they happened, by their own dates.',
  doesNotMean:
    'That they are false: phones stay offline. But until then the ledger did not show the goods, and the signer could still change the records.',
  causes: {
    innocent: 'a phone that was offline',
    bad: 'the records were made up later to fit what was sold',
  },
  advice:
    'Ask the signer why the events came late, and compare them with documents of those days from other parties: waybills, tag books, payments. A mistyped date is corrected by `event.corrected`, which closes it; a phone that was offline is explained by `finding.answered`.',
  timed: true,
  parameters: schema,
  describe: ({ lateEntry: { severity, hours } }) =>
    `Log's time of entry more than ${hours} h after \`occurredAt\`, custody events only: ${severity}. One finding for all that one actor enters within one hour.`,
  standard: 'OECD Due Diligence Guidance, Supplement on Tin, Tantalum and Tungsten, step 1 C (timely data)',
  evidence: byCustom,
  scope: ['about'],
  subjects: (facts) => lateBatches(facts).map(({ subject }) => subject),
  evaluate: (facts, { lateEntry: { severity, hours } }) =>
    lateBatches(facts).flatMap(({ subject, actor, entries }) => {
      const late = entries.filter((entry) => (delayOf(entry) ?? 0) > hours * HOUR);
      const [first] = late;
      if (first === undefined) return [];
      const longest = Math.floor(Math.max(...late.map((entry) => delayOf(entry) ?? 0)) / HOUR);
      return [
        {
          severity,
          subject,
          cause: 'late',
          root: actorSubject(actor),
          lots: [...new Set(late.flatMap(lotsOf))],
          events: late.map(({ event }) => event.id),
          measured: durationText(longest * HOUR),
          threshold: `${hours} h`,
          detail: `${actor} entered ${countOf(late.length, 'event')} up to ${durationText(longest * HOUR)} after what happened.`,
          firstIndex: first.index,
        },
      ];
    }),
};
