import type { AditEvent } from '../event/event.js';
import { instantMs } from '../event/primitives.js';
import { extend } from './extend.js';
import { rescaled } from './origins.js';
import { milligrams } from './quantity.js';
import type { LedgerView, Lot } from './view.js';

const HOUR = 3_600_000;
/** When a dispatch is expected to arrive if it does not say, ms after it left. */
const DEFAULT_TRAVEL_TIME = 72 * HOUR;

/** Lots change hands in two steps: their holder sends them, the receiver takes them over. */
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
    // The hold stays until its authority releases it, so that the new holder cannot sell before it has decided.
    for (const { lot } of event.payload.lots)
      extend(lot, event, view, index, { ...arrived, holder: event.payload.to, recalledFrom: null });
  }
}

const arrived = { status: 'held', inTransitTo: null, plannedArrival: null } as const;

/** The receiver's own weight counts from now on, and the shares of the sites with it. */
const taken = (lot: Lot | undefined, holder: string, mass: bigint): Partial<Lot> => ({
  holder,
  mass,
  origins: rescaled(lot?.origins ?? [], mass),
  // Only the receiver itself can settle that its dispatch was withdrawn; a sale to another in between does not.
  recalledFrom: lot?.recalledFrom === holder ? null : (lot?.recalledFrom ?? null),
});
