import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';
import type { LedgerView } from './view.js';

/**
 * Returns the current heads of the lots that an event names, limited to lots whose party the signer is; no other actor
 * learns them. The signer is the actor of the key, which must be in force: `iss` may name another actor.
 */
export function visibleHeads(event: AditEvent, view: LedgerView): Record<string, string> {
  const heads: Record<string, string> = {};
  const key = view.keys.get(event.kid);
  if (key === undefined || key.actor !== event.iss || key.revokedIndex !== null) return heads;
  if (key.activeFrom !== null && (view.clock ?? 0) < key.activeFrom) return heads;
  for (const { lot: id } of references(event).lots) {
    const lot = view.lots.get(id);
    if (lot !== undefined && (lot.holder === event.iss || lot.inTransitTo === event.iss)) heads[id] = lot.head;
  }
  return heads;
}
