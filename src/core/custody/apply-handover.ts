import type { AditEvent } from '../event/event.js';
import { instantMs } from '../event/primitives.js';
import { extend } from './extend.js';
import { rescaled } from './origins.js';
import { milligrams } from './quantity.js';
import type { LedgerView, Lot } from './view.js';

const HOUR = 3_600_000;
/** Assumed travel time of a dispatch that names no planned arrival, ms. */
const DEFAULT_TRAVEL_TIME = 72 * HOUR;

/** Applies handovers, which take two steps: the holder dispatches lots, the receiver receives them. */
export function applyHandover(event: AditEvent, view: LedgerView, index: number): void {
  if (event.type === 'custody.dispatched') {
    const { to, plannedArrival, lots } = event.payload;
    const stated = plannedArrival === undefined ? null : instantMs(plannedArrival);
    const arrival = stated ?? event.occurredAtMs + DEFAULT_TRAVEL_TIME;
    for (const { lot } of lots)
      extend(lot, event, view, index, { status: 'inTransit', inTransitTo: to, plannedArrival: arrival });
  } else if (event.type === 'custody.received') {
    for (const { lot, outcome, mass } of event.payload.lots)
      extend(lot, event, view, index, {
        ...arrived,
        ...(outcome === 'rejected' || mass === undefined ? {} : taken(view.lots.get(lot), event.iss, milligrams(mass))),
      });
  } else if (event.type === 'custody.recalled') {
    for (const { lot } of event.payload.lots)
      extend(lot, event, view, index, { ...arrived, recalledFrom: view.lots.get(lot)?.inTransitTo ?? null });
  } else if (event.type === 'custody.assigned') {
    // The hold stays until its authority releases it, so that the new holder cannot sell the lot before the authority
    // decides.
    for (const { lot } of event.payload.lots)
      extend(lot, event, view, index, { ...arrived, holder: event.payload.to, recalledFrom: null });
  }
}

const arrived = { status: 'held', inTransitTo: null, plannedArrival: null } as const;

/** Returns the changes of a lot at its receipt: the receiver's weight, and the origin shares rescaled to it. */
const taken = (lot: Lot | undefined, holder: string, mass: bigint): Partial<Lot> => ({
  holder,
  mass,
  origins: rescaled(lot?.origins ?? [], mass),
  // Only an event of that receiver clears `recalledFrom`; a sale to another actor in between does not.
  recalledFrom: lot?.recalledFrom === holder ? null : (lot?.recalledFrom ?? null),
});
