import { countOf } from '../words.js';
import { isHead, rejectedLots, rejectionsToJudge } from './judged-with.js';
import type { Rule } from './rule.js';

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
  subjects: (facts) => rejectionsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, { handoverRejectedUnresolved: { severity } }) =>
    rejectionsToJudge(facts).flatMap((receipt) => {
      const lots = rejectedLots(receipt).filter((lot) => isHead(lot, receipt.event.id, facts));
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
          detail: `${receipt.event.iss} rejected ${countOf(lots.length, 'lot')} of ${receipt.event.payload.from}; nothing has been logged on them since.`,
          firstIndex: receipt.index,
        },
      ];
    }),
};
