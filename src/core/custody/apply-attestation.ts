import type { AditEvent } from '../event/event.js';
import { namedLots, releasable } from './check-lots.js';
import { applyCorrection, endorseCorrections } from './corrections.js';
import { attest } from './extend.js';
import { lotsOf } from './links.js';
import type { LedgerView } from './view.js';

/** The hold that the ledger itself puts on a lot when a receipt crossed a recall; any authority may lift it. */
const LEDGER_HOLD = 'ledger';

/** What others say of lots and events: holds, attestations, incidents, corrections. No chain is extended. */
export function applyAttestation(event: AditEvent, view: LedgerView, index: number): void {
  switch (event.type) {
    case 'lot.held':
      for (const id of event.payload.lots) {
        const holds = view.lots.get(id)?.holds ?? [];
        attest(id, view, index, { holds: holds.includes(event.iss) ? holds : [...holds, event.iss] });
      }
      break;
    case 'lot.released':
      for (const id of event.payload.lots) {
        const lot = view.lots.get(id);
        const lifted = lot === undefined ? null : releasable(lot, event.iss);
        attest(id, view, index, { holds: (lot?.holds ?? []).filter((hold) => hold !== lifted) });
      }
      break;
    case 'assay.certified':
      attest(event.payload.lot, view, index, { assayed: true });
      break;
    case 'event.refused':
      for (const id of event.payload.lots) keepAttempt(id, event, view, index);
      break;
    case 'event.corrected':
      applyCorrection(event, view, index);
      break;
    case 'event.endorsed':
      endorseCorrections(event, view, index);
      break;
    case 'incident.reported':
    case 'incident.updated':
      applyIncident(event, view, index);
      break;
    default:
  }
  for (const lot of spokenOf(event, view)) view.changes.attestations.push({ lot, index });
}

/** Lots that an event is shown with though it changes nothing of them: those it names, those that the event it is about touched. */
function spokenOf(event: AditEvent, view: LedgerView): readonly string[] {
  switch (event.type) {
    case 'incident.reported':
    case 'origin.tested':
    case 'transit.checked':
    case 'stock.counted':
    case 'payment.recorded':
      return namedLots(event).map(([, lot]) => lot);
    case 'event.corrected':
    case 'event.disputed': {
      const target = view.events.get(event.payload.event)?.event;
      return target === undefined ? [] : lotsOf(target);
    }
    default:
      return [];
  }
}

function applyIncident(
  event: Extract<AditEvent, { type: 'incident.reported' | 'incident.updated' }>,
  view: LedgerView,
  index: number,
): void {
  if (event.type === 'incident.reported') {
    const { level } = event.payload;
    view.incidents.set(event.id, { id: event.id, index, level, owner: null, status: 'open' });
    view.changes.incidents.add(event.id);
    return;
  }
  const { incident, status, owner } = event.payload;
  const known = view.incidents.get(incident);
  if (known === undefined) return;
  view.incidents.set(incident, { ...known, status, owner: owner ?? known.owner });
  view.changes.incidents.add(incident);
}

/**
 * A refused attempt is shown with the lots it was about. If it was the receipt of one whose dispatch was recalled, both
 * say they hold the goods: the lot is frozen until an authority has decided.
 */
function keepAttempt(
  id: string,
  event: Extract<AditEvent, { type: 'event.refused' }>,
  view: LedgerView,
  index: number,
): void {
  const lot = view.lots.get(id);
  if (lot === undefined) return;
  const { code, signer } = event.payload;
  const crossed = lot.recalledFrom === signer && (code === 'head-moved' || code === 'lot-not-in-transit');
  const living = lot.status === 'held' || lot.status === 'inTransit';
  const freeze = crossed && living && !lot.holds.includes(LEDGER_HOLD);
  attest(id, view, index, freeze ? { holds: [...lot.holds, LEDGER_HOLD] } : {});
}
