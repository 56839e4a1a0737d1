import type { AditEvent } from '../event/event.js';
import { applyAttestation } from './apply-attestation.js';
import { applyBirth } from './apply-birth.js';
import { applyHandover } from './apply-handover.js';
import { applyLotEvent } from './apply-lot-event.js';
import { type Lot, emptyView } from './view.js';

/**
 * Returns a lot as it was after the given entries: those of its chain from its birth on, and those about it that extend no
 * chain, in order of the log. A former party sees it so.
 * @param log the log's origin.
 * @param inputs the lots that it was made of, as its birth consumed them.
 */
export function lotAsOf(
  id: string,
  log: string,
  inputs: readonly Lot[],
  entries: readonly { index: number; event: AditEvent }[],
): Lot | null {
  const view = emptyView(log);
  for (const input of inputs) view.lots.set(input.id, input);
  for (const { index, event } of entries) {
    applyBirth(event, view, index);
    applyHandover(event, view, index);
    applyLotEvent(event, view, index);
    applyAttestation(event, view, index);
    view.events.set(event.id, { index, event });
  }
  return view.lots.get(id) ?? null;
}
