import { custodyTypes, dayText, judgesEach } from './each-event.js';
import { actorFacts } from './registry.js';
import type { Rule } from './rule.js';

export const actorSuspended: Rule = {
  id: 'actor-suspended',
  version: 1,
  group: 'actors',
  title: 'A suspended actor handles lots',
  means: 'The actor that signed was suspended by its registrar on the day that the event speaks of.',
  doesNotMean: 'That the goods are bad: suspension may be for a paper that is late. Admission does not refuse it.',
  describe: ({ actorSuspended: { severity } }) =>
    `The newest status of the signer that holds on the day of the event is *suspended*: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, supply chain actors; ITSCI membership rules',
  scope: ['about'],
  ...judgesEach(custodyTypes, ({ event }, facts, { actorSuspended: { severity } }) => {
    const day = dayText(event.occurredAtMs);
    const status = actorFacts(facts, event.iss)
      ?.statuses.filter(({ from }) => from <= day)
      .reduce<{ status: string; from: string; event: string } | null>(
        (newest, next) => (newest === null || next.from >= newest.from ? next : newest),
        null,
      );
    if (status?.status !== 'suspended') return [];
    return [
      {
        severity,
        events: [event.id, status.event],
        measured: 'suspended',
        threshold: 'active',
        detail: `${event.iss} signed ${event.type} on ${day}, and has been suspended since ${status.from}.`,
      },
    ];
  }),
};
