import { byRegistry } from '../engine/evidence.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { handoversOf } from '../custody/handover-pairs.js';
import { dayOf } from '../engine/day.js';
import { custodyTypes, judgesEach } from '../engine/each-event.js';
import { type ActorStatus, actorFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { actorSuspended: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema>;

/** Compares by the first day of the status; on one day, the later entry of the log is newer. */
const isNewer = (a: ActorStatus, b: ActorStatus): boolean => (a.from === b.from ? a.index > b.index : a.from > b.from);

/** Returns the newest status in force when an event happens; null if there is none. */
function statusAt(actor: string, { event }: JudgedEvent, facts: Facts): ActorStatus | null {
  const holds = ({ from, at }: ActorStatus): boolean => (at === null ? from <= dayOf(event) : at <= event.occurredAtMs);
  return (actorFacts(facts, actor)?.statuses ?? [])
    .filter(holds)
    .reduce<ActorStatus | null>((newest, next) => (newest === null || isNewer(next, newest) ? next : newest), null);
}

/** Returns the supplier in a receipt that was suspended while the goods were in transit: its dispatch was valid. */
function suspendedSince(entry: JudgedEvent, facts: Facts): [string, ActorStatus] | null {
  if (!isType(entry, 'custody.received')) return null;
  const { from } = entry.event.payload;
  const then = statusAt(from, entry, facts);
  const before = handoversOf(entry, facts).map(({ dispatch }) => statusAt(from, dispatch, facts)?.status);
  return then?.status === 'suspended' && !before.includes('suspended') ? [from, then] : null;
}

export const actorSuspended: Rule<typeof schema> = {
  id: 'actor-suspended',
  version: 2,
  group: 'actors',
  title: 'A suspended actor handles lots',
  means: 'The actor that signed was suspended by its registrar when the event happened.',
  doesNotMean: 'That the goods are bad: suspension may be for a paper that is late. Admission does not refuse it.',
  causes: {
    innocent: 'a paper that is late',
    bad: 'an excluded firm goes on trading',
  },
  advice:
    'Ask the registrar why the actor is suspended and from which day, and buy nothing from it meanwhile. It closes when the registrar logs `actor.statusChanged` to active with a `from` between the suspension and the event; otherwise the registrar answers it by `finding.answered`.',
  parameters: schema,
  describe: ({ actorSuspended: { severity } }) =>
    `The newest status of the signer that holds when the event happens is *suspended*, from the day that it names or else from the instant it was signed; or that of the supplier at a receipt, though not yet when it dispatched: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, supply chain actors; ITSCI membership rules',
  evidence: byRegistry,
  scope: ['about', 'chains'],
  ...judgesEach(custodyTypes, (entry, facts, { actorSuspended: { severity } }: Parameters) => {
    const { event } = entry;
    const own = statusAt(event.iss, entry, facts);
    const supplier = own?.status === 'suspended' ? null : suspendedSince(entry, facts);
    const [actor, found] = own?.status === 'suspended' ? [event.iss, own] : (supplier ?? [event.iss, null]);
    if (found === null) return [];
    return [
      {
        severity,
        root: actorSubject(actor),
        events: [event.id, found.event],
        measured: 'suspended',
        threshold: 'active',
        detail: `${actor} has been suspended since ${found.from}; ${event.type} of ${event.iss} is of ${dayOf(event)}.`,
      },
    ];
  }),
};
