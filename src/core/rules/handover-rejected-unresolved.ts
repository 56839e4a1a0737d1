import { type Facts, type JudgedOf, isType } from './facts.js';
import { entryBefore } from './lot-history.js';
import { lotsOf } from './each-event.js';
import type { Rule } from './rule.js';

type Receipt = JudgedOf<'custody.received'>;

const rejected = ({ event }: Receipt): string[] =>
  event.payload.lots.filter(({ outcome }) => outcome === 'rejected').map(({ lot }) => lot);

/** Receipts that reject a lot: among the entries, and those that an entry is the next event after. */
function rejections(facts: Facts): Receipt[] {
  const found = new Map<string, Receipt>();
  for (const entry of facts.entries)
    for (const one of [entry, ...lotsOf(entry).map((lot) => entryBefore(facts, lot, entry.index))])
      if (one !== null && isType(one, 'custody.received') && rejected(one).length > 0) found.set(one.event.id, one);
  return [...found.values()];
}

export const handoverRejectedUnresolved: Rule = {
  id: 'handover-rejected-unresolved',
  version: 1,
  group: 'custody',
  title: 'A delivery was rejected, and nothing has been done since',
  means: 'The receiver refused the lots; they are with the sender again, and no event has followed on their chains.',
  doesNotMean:
    'That the goods are bad: a wrong order is rejected too. It closes with the next event on the lots: a weighing, another dispatch, a closure.',
  describe: ({ handoverRejectedUnresolved: { severity } }) =>
    `A rejected lot whose newest event still is the rejection: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody); ITSCI incident protocol',
  scope: ['chains'],
  subjects: (facts) => rejections(facts).map(({ event }) => event.id),
  evaluate: (facts, { handoverRejectedUnresolved: { severity } }) =>
    rejections(facts).flatMap((receipt) => {
      const lots = rejected(receipt).filter((lot) => facts.chains.get(lot)?.at(-1)?.event.id === receipt.event.id);
      if (lots.length === 0) return [];
      return [
        {
          severity,
          subject: receipt.event.id,
          cause: 'rejected',
          lots,
          events: [receipt.event.id],
          measured: `${lots.length} rejected`,
          threshold: 'an event since',
          detail: `${receipt.event.iss} rejected ${lots.length} lot(s) of ${receipt.event.payload.from}; nothing has been logged on them since.`,
          firstIndex: receipt.index,
        },
      ];
    }),
};
