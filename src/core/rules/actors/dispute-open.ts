import { byRegistry } from '../engine/evidence.js';
import { actorTypes, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { eventSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { disputeOpen: parameter.severityOnly('medium') };
type Parameters = ValuesOf<typeof schema>;

/** Lists the disputes of an event that are not settled. */
function openDisputes(event: string, { about }: Facts): JudgedOf<'event.disputed'>[] {
  return (about.get(eventSubject(event)) ?? []).flatMap((entry) => {
    if (!isType(entry, 'event.disputed') || entry.event.payload.event !== event) return [];
    const said = about.get(eventSubject(entry.event.id)) ?? [];
    const settled = said.some((one) => isType(one, 'event.settled') && one.event.payload.dispute === entry.event.id);
    return settled ? [] : [entry];
  });
}

export const disputeOpen: Rule<typeof schema> = {
  id: 'dispute-open',
  version: 2,
  group: 'actors',
  title: 'An event of the lot is disputed',
  means: 'An actor whom an event names says that it is not so, and the dispute has not been settled.',
  doesNotMean: 'Who is right: both sides are asked before it is settled.',
  causes: {
    innocent: 'a quarrel on a weight that both can settle',
    bad: 'one side has cheated the other',
  },
  advice:
    'Ask both sides for what they have: weighing slip, waybill, witnesses. It closes when the signer of the disputed event, a registrar or an authority settles it by `event.settled`.',
  notice: 'dispute',
  parameters: schema,
  describe: ({ disputeOpen: { severity } }) =>
    `An \`event.disputed\` on an event of the lot, until an \`event.settled\` names it: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, step 2 (grievances); ISO 22095, clause on disagreements',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  ...judgesEach(actorTypes, (entry, facts, { disputeOpen: { severity } }: Parameters) => {
    const lots = lotsConcerned(entry, facts);
    if (lots.length === 0) return [];
    return openDisputes(entry.event.id, facts).map(({ event }) => ({
      severity,
      cause: event.id,
      lots,
      events: [event.id, entry.event.id],
      measured: 'disputed',
      threshold: 'settled',
      detail: `${event.iss} disputes the ${entry.event.type} of ${entry.event.iss} (since ${event.occurredAt.slice(0, 10)}): "${event.payload.ground}".`,
    }));
  }),
};
