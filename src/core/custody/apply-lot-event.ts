import type { AditEvent } from '../event/event.js';
import { extend } from './extend.js';
import { rescaled } from './origins.js';
import { milligrams, partsPerMillion } from './quantity.js';
import type { LedgerView, Lot } from './view.js';

/** Applies what a holder does with a lot besides handovers: measuring, sealing, export, import, closing. */
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
