import { byRegistry } from '../engine/evidence.js';
import { dayOf } from '../engine/day.js';
import { custodyTypes, judgesEach } from '../engine/each-event.js';
import { actorFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { cardExpired: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema>;

export const cardExpired: Rule<typeof schema> = {
  id: 'card-expired',
  version: 2,
  group: 'actors',
  title: 'The card of whoever signed was not valid',
  means: 'No card that the registrar logged for the actor covers the day that the event speaks of.',
  doesNotMean: 'That the trade was not allowed: a renewal may be logged late, and closes the finding.',
  causes: {
    innocent: 'a renewal that is entered late',
    bad: 'somebody trades without a right to',
  },
  advice:
    'Ask the actor for its card, and the registrar whether it was renewed. It closes when the registrar logs the renewed card by `actor.statusChanged`, if it covers the day of the event.',
  parameters: schema,
  describe: ({ cardExpired: { severity } }) =>
    `The signer has a card, and none that is valid on the day of the event (both ends included): ${severity}. An actor without any card is not judged.`,
  standard: 'ICGLR Regional Certification Mechanism, registration of traders and exporters',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(custodyTypes, ({ event }, facts, { cardExpired: { severity } }: Parameters) => {
    const cards = actorFacts(facts, event.iss)?.cards ?? [];
    const day = dayOf(event);
    if (cards.length === 0 || cards.some(({ from, to }) => (from === null || from <= day) && day <= to)) return [];
    const latest = cards.reduce((newest, card) => (card.to > newest.to ? card : newest));
    return [
      {
        severity,
        root: actorSubject(event.iss),
        events: [event.id, latest.event],
        measured: day,
        threshold: latest.to,
        detail: `${event.iss} signed ${event.type} on ${day}; its card is valid until ${latest.to}.`,
      },
    ];
  }),
};
