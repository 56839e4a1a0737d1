import { judgesEach } from '../engine/each-event.js';
import type { Rule } from '../engine/rule.js';

export const custodyAssigned: Rule = {
  id: 'custody-assigned',
  version: 1,
  group: 'actors',
  title: 'An authority gave the lot to somebody else',
  means: 'The lot did not change hands by a handover that both sides signed: an authority took it and assigned it.',
  doesNotMean: 'That the present holder did wrong: goods that were seized are sold by auction.',
  describe: ({ custodyAssigned: { severity } }) =>
    `A \`custody.assigned\` on the chain of the lot: ${severity}. It stays until it is explained or closed.`,
  standard: 'ICGLR Regional Certification Mechanism (non-conformant shipments)',
  scope: [],
  ...judgesEach(['custody.assigned'], ({ event }, _facts, { custodyAssigned: { severity } }) => [
    {
      severity,
      measured: `assigned by ${event.iss}`,
      threshold: 'a handover',
      detail: `${event.iss} assigned the lot to ${event.payload.to} on ${event.occurredAt.slice(0, 10)}: "${event.payload.ground}".`,
    },
  ]),
};
