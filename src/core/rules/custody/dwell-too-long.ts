import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { type Facts, type JudgedEvent, isType, lotsOf } from '../engine/facts.js';
import { exportBefore, stateBefore } from '../engine/lot-history.js';
import { facilityFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { lotSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  dwellTooLong: z.strictObject({
    severity: parameter.severity.default('low'),
    days: parameter.days.default(90).describe('Days without an event, outside a registered facility'),
    daysInFacility: parameter.days.default(180).describe('Days without an event, in a registered facility'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const DAY = 86_400_000;
/** Processes whose output is sold as metal, often to buyers outside the ledger. */
const FINISHING = new Set(['smelt', 'refine', 'cast']);

interface Dwelling {
  lot: string;
  /** The last known event of the lot, on its chain or by a count. */
  last: JudgedEvent;
  head: JudgedEvent;
  days: number;
}

/** Returns a lot in storage and how long it may stay; null for a lot in transit, consumed, exported or finished. */
function dwelling(lot: string, facts: Facts, { dwellTooLong }: Parameters): Dwelling | null {
  const chain = facts.chains.get(lot) ?? [];
  const [birth, head] = [chain[0], chain.at(-1)];
  if (birth === undefined || head === undefined || stateBefore(chain, lot, facts.end)?.status !== 'held') return null;
  if (exportBefore(chain, lot, facts.end) !== null) return null;
  if (isType(birth, 'lot.processed') && FINISHING.has(birth.event.payload.process)) return null;
  const counts = (facts.about.get(lotSubject(lot)) ?? []).filter((entry) => isType(entry, 'stock.counted'));
  const last = [head, ...counts].reduce((a, b) => (b.event.occurredAtMs > a.event.occurredAtMs ? b : a));
  const facility = last.event.place?.facility;
  const inside = facility !== undefined && facilityFacts(facts, facility) !== null;
  return { lot, last, head, days: inside ? dwellTooLong.daysInFacility : dwellTooLong.days };
}

const touched = (facts: Facts): string[] => [...new Set(facts.entries.flatMap(lotsOf))];

export const dwellTooLong: Rule<typeof schema> = {
  id: 'dwell-too-long',
  version: 1,
  group: 'custody',
  weighs: 'risk',
  title: 'Nothing has been heard of a lot for a long time',
  means: 'For months, the holder of a lot has not moved, weighed, processed or counted it.',
  doesNotMean:
    'That it is gone: stock waits for prices. A count closes the question. Lots under way, exported, or worked into metal are not judged.',
  causes: {
    innocent: 'stock waits for a better price',
    bad: 'the goods have gone, and nobody has entered it',
  },
  advice:
    'Ask the holder to count the lot where it lies, or to say what became of it. It closes with a `stock.counted` that finds it, or with the next event on its chain; `lot.closed` says that it was lost, stolen or disposed of.',
  parameters: schema,
  describe: ({ dwellTooLong: { severity, days, daysInFacility } }) =>
    `No event of the lot and no count for ${days} days, ${daysInFacility} where its last place is a registered facility: ${severity}.`,
  standard: 'ITSCI stock reconciliation',
  evidence: byCustom,
  scope: ['chains', 'about'],
  subjects: touched,
  evaluate: (facts, parameters) =>
    touched(facts).flatMap((lot) => {
      const found = dwelling(lot, facts, parameters);
      if (found === null || facts.now === null) return [];
      const days = Math.floor((facts.now - found.last.event.occurredAtMs) / DAY);
      if (days < found.days) return [];
      return [
        {
          severity: parameters.dwellTooLong.severity,
          subject: lot,
          cause: 'dwell',
          lots: [lot],
          events: [found.last.event.id],
          measured: `${days} days`,
          threshold: `${found.days} days`,
          detail: `Nothing has been logged of this lot for ${days} days.`,
          firstIndex: found.last.index,
        },
      ];
    }),
  deadlines: (facts, parameters) =>
    touched(facts).flatMap((lot) => {
      const found = dwelling(lot, facts, parameters);
      if (found === null) return [];
      const at = found.last.event.occurredAtMs + found.days * DAY;
      return [{ index: found.head.index, subject: lot, at }];
    }),
};
