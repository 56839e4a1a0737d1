import type { AditEvent } from '../event/event.js';
import type { LedgerView, Lot } from './view.js';

/** Appends an event to a lot's chain and applies its changes to the lot. */
export function extend(id: string, event: AditEvent, view: LedgerView, index: number, changes: Partial<Lot>): void {
  const lot = view.lots.get(id);
  if (lot === undefined) return;
  const seq = lot.seq + 1;
  view.lots.set(id, { ...lot, ...changes, seq, head: event.id, headIndex: index });
  view.changes.lots.add(id);
  view.changes.chain.push({ lot: id, seq, index });
}

/** Changes a lot by an event that does not extend its chain. */
export function attest(id: string, view: LedgerView, index: number, changes: Partial<Lot>): void {
  const lot = view.lots.get(id);
  if (lot === undefined) return;
  view.lots.set(id, { ...lot, ...changes });
  view.changes.lots.add(id);
  view.changes.attestations.push({ lot: id, index });
}
