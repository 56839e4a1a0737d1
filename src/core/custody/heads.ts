import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';
import type { LedgerView } from './view.js';

/** The present heads of the lots an event names, of those whose party its signer is: nobody else learns them. */
export function visibleHeads(event: AditEvent, view: LedgerView): Record<string, string> {
  const heads: Record<string, string> = {};
  for (const { lot: id } of references(event).lots) {
    const lot = view.lots.get(id);
    if (lot !== undefined && (lot.holder === event.iss || lot.inTransitTo === event.iss)) heads[id] = lot.head;
  }
  return heads;
}
