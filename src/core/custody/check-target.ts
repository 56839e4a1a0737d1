import type { AditEvent } from '../event/event.js';
import type { EventTypeName } from '../event/types/index.js';
import type { Verdict } from './check-lots.js';
import { checkCorrection } from './corrections.js';
import { parentRefused, refusal } from './refusal.js';
import type { LedgerView } from './view.js';

/**
 * Returns the event that an event is about, with the claim that names it. Omits `event.endorsed`: it may come first.
 */
export function targetOf(event: AditEvent): { id: string; pointer: string } | null {
  switch (event.type) {
    case 'event.corrected':
    case 'event.disputed':
      return { id: event.payload.event, pointer: '/event' };
    case 'event.settled':
      return { id: event.payload.dispute, pointer: '/dispute' };
    case 'grant.withdrawn':
      return { id: event.payload.grant, pointer: '/grant' };
    case 'incident.updated':
      return { id: event.payload.incident, pointer: '/incident' };
    default:
      return null;
  }
}

const TARGET_TYPES: Partial<Record<EventTypeName, EventTypeName>> = {
  'event.settled': 'event.disputed',
  'incident.updated': 'incident.reported',
  'grant.withdrawn': 'grant.given',
};

/** Checks that the target of an event is in the log, has the required type, and allows the event. */
export function checkTarget(event: AditEvent, view: LedgerView): Verdict {
  const target = targetOf(event);
  if (target === null) return null;
  const { id, pointer } = target;
  const logged = view.events.get(id);
  if (logged === undefined)
    return view.refused.has(id) ? { error: parentRefused(id, pointer), evidence: false } : { missing: id };
  const wanted = TARGET_TYPES[event.type];
  if (wanted !== undefined && logged.event !== undefined && logged.event.type !== wanted)
    return { error: refusal('schema-invalid', `Event ${id} is not of type ${wanted}.`, pointer), evidence: false };
  if (logged.event === undefined) return null;
  const error =
    event.type === 'event.corrected'
      ? checkCorrection(event, logged.event, view.corrections.get(id) ?? [])
      : event.type === 'event.settled'
        ? checkSettlement(event, logged.event, view)
        : null;
  return error === null ? null : { error, evidence: false };
}

/** Checks who settles a dispute: the actor that raised it may withdraw it; an authority or registrar decides it. */
function checkSettlement(event: Extract<AditEvent, { type: 'event.settled' }>, dispute: AditEvent, view: LedgerView) {
  if (event.payload.settlement === 'withdrawn')
    return dispute.iss === event.iss
      ? null
      : refusal('role-not-allowed', 'Only the actor who raised a dispute withdraws it.', '/settlement');
  const roles = view.actors.get(event.iss)?.roles ?? [];
  return roles.includes('authority') || roles.includes('registrar')
    ? null
    : refusal('role-not-allowed', 'An authority or a registrar decides a dispute.', '/settlement');
}
