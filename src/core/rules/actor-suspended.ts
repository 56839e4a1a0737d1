import { type Facts, type JudgedEvent, isType } from './facts.js';
import { handoversOf } from './handover-pairs.js';
import { custodyTypes, dayText, judgesEach } from './each-event.js';
import { actorFacts } from './registry.js';
import type { Rule } from './rule.js';
import { actorSubject } from './subjects.js';

interface Status {
  status: string;
  from: string;
  event: string;
}

/** The newest status that holds on a day; null where none was ever told. */
function statusOn(actor: string, day: string, facts: Facts): Status | null {
  const statuses = actorFacts(facts, actor)?.statuses ?? [];
  return statuses
    .filter(({ from }) => from <= day)
    .reduce<Status | null>((newest, next) => (newest === null || next.from >= newest.from ? next : newest), null);
}

/** The supplier in a receipt that was suspended while the goods were on their way: its own dispatch was in order. */
function suspendedSince(entry: JudgedEvent, facts: Facts): [string, Status] | null {
  if (!isType(entry, 'custody.received')) return null;
  const { from } = entry.event.payload;
  const then = statusOn(from, dayText(entry.event.occurredAtMs), facts);
  const sent = handoversOf(entry, facts).map(({ dispatch }) => dayText(dispatch.event.occurredAtMs));
  const before = sent.map((day) => statusOn(from, day, facts)?.status);
  return then?.status === 'suspended' && !before.includes('suspended') ? [from, then] : null;
}

export const actorSuspended: Rule = {
  id: 'actor-suspended',
  version: 1,
  group: 'actors',
  title: 'A suspended actor handles lots',
  means: 'The actor that signed was suspended by its registrar on the day that the event speaks of.',
  doesNotMean: 'That the goods are bad: suspension may be for a paper that is late. Admission does not refuse it.',
  describe: ({ actorSuspended: { severity } }) =>
    `The newest status of the signer that holds on the day of the event is *suspended*; or that of the supplier on the day of a receipt, though not yet when it dispatched: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, supply chain actors; ITSCI membership rules',
  scope: ['about', 'chains'],
  ...judgesEach(custodyTypes, (entry, facts, { actorSuspended: { severity } }) => {
    const { event } = entry;
    const own = statusOn(event.iss, dayText(event.occurredAtMs), facts);
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
        detail: `${actor} has been suspended since ${found.from}; ${event.type} of ${event.iss} is of ${dayText(event.occurredAtMs)}.`,
      },
    ];
  }),
};
