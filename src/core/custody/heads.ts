import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';
import type { LedgerView } from './view.js';

/**
 * The present heads of the lots an event names, of those whose party its signer is: nobody else learns them. The signer
 * is whose key it is and that key must be in force: what the event says in `iss` may be another's name.
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
