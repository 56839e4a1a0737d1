import type { AditEvent } from '../event/event.js';
import { namedLots, releasable } from './check-lots.js';
import { applyCorrection, endorseCorrections } from './corrections.js';
import { attest } from './extend.js';
import { lotsOf } from './links.js';
import type { LedgerView } from './view.js';

/** The ledger's own hold on a lot, after a conflict of receipt and recall; any authority may lift it. */
const LEDGER_HOLD = 'ledger';

/** Applies holds, attestations, incidents and corrections: events about lots and other events that extend no chain. */
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

/** Lists the lots that show an event without being changed: those that it names, and those that its target touched. */
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
 * Attaches a refused attempt to the lots that it named. If it is the receipt of a recalled dispatch, both parties claim
 * the goods: the lot is held until an authority decides.
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
