import type { AditEvent } from '../event/event.js';
import { releasable } from './check-lots.js';
import { attest, extend } from './extend.js';
import { rescaled } from './origins.js';
import { milligrams, partsPerMillion } from './quantity.js';
import type { LedgerView, Lot } from './view.js';

/** The hold that the ledger itself puts on a lot when a receipt crossed a recall; any authority may lift it. */
const LEDGER_HOLD = 'ledger';

/** What its holder does with a lot beside handing it over, and what others attest of it. */
export function applyLotEvent(event: AditEvent, view: LedgerView, index: number): void {
  switch (event.type) {
    case 'lot.measured':
      for (const claim of event.payload.lots)
        extend(claim.lot, event, view, index, measured(claim, view.lots.get(claim.lot)));
      break;
    case 'lot.sealed':
      for (const claim of event.payload.lots) seal(claim, event, view, index);
      break;
    case 'lot.exported':
    case 'lot.imported':
      for (const { lot } of event.payload.lots) extend(lot, event, view, index, {});
      break;
    case 'lot.closed':
      for (const { lot } of event.payload.lots) extend(lot, event, view, index, { status: 'closed' });
      break;
    default:
      applyAttestation(event, view, index);
  }
}

type MeasuredLot = Extract<AditEvent, { type: 'lot.measured' }>['payload']['lots'][number];

function measured({ mass, moisturePercent, grades }: MeasuredLot, lot: Lot | undefined): Partial<Lot> {
  const changes: Partial<Lot> = {};
  if (mass !== undefined) {
    changes.mass = milligrams(mass);
    changes.origins = rescaled(lot?.origins ?? [], changes.mass);
  }
  if (moisturePercent !== undefined) changes.moisture = partsPerMillion(moisturePercent);
  if (grades !== undefined) changes.grades = grades.map((grade) => ({ ...grade }));
  return changes;
}

type SealedLot = Extract<AditEvent, { type: 'lot.sealed' }>['payload']['lots'][number];

function seal(
  { lot: id, tagsOn = [], tagsOff = [] }: SealedLot,
  event: AditEvent,
  view: LedgerView,
  index: number,
): void {
  const kept = (view.lots.get(id)?.tags ?? []).filter((tag) => !tagsOff.includes(tag) && !tagsOn.includes(tag));
  extend(id, event, view, index, { tags: [...kept, ...tagsOn] });
  for (const tag of tagsOn) view.changes.tagUses.push({ tag, lot: id, index });
}

function applyAttestation(event: AditEvent, view: LedgerView, index: number): void {
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
    default:
  }
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
