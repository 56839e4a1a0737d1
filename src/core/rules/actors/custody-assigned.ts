import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { custodyAssigned: parameter.severityOnly('medium') };
type Parameters = ValuesOf<typeof schema>;

export const custodyAssigned: Rule<typeof schema> = {
  id: 'custody-assigned',
  version: 1,
  group: 'actors',
  title: 'An authority gave the lot to somebody else',
  means: 'The lot did not change hands by a handover that both sides signed: an authority took it and assigned it.',
  doesNotMean: 'That the present holder did wrong: goods that were seized are sold by auction.',
  causes: {
    innocent: 'goods that were seized and sold by auction',
    bad: 'goods were taken from their owner without cause',
  },
  advice:
    'Ask the authority for the decision by which it assigned the lot, and the former holder whether it appeals. A registrar or an authority explains or closes it by `finding.answered` once the decision is final.',
  notice: 'assignment',
  parameters: schema,
  describe: ({ custodyAssigned: { severity } }) =>
    `A \`custody.assigned\` on the chain of the lot: ${severity}. It stays until it is explained or closed.`,
  standard: 'ICGLR Regional Certification Mechanism (non-conformant shipments)',
  evidence: byRegistry,
  scope: [],
  ...judgesEach(['custody.assigned'], ({ event }, _facts, { custodyAssigned: { severity } }: Parameters) => [
    {
      severity,
      measured: `assigned by ${event.iss}`,
      threshold: 'a handover',
      detail: `${event.iss} assigned the lot to ${event.payload.to} on ${event.occurredAt.slice(0, 10)}: "${event.payload.ground}".`,
    },
  ]),
};
