import type { Facts, JudgedOf } from '../engine/facts.js';
import { isType } from '../engine/facts.js';

/** A dispatch with those of its lots that a receipt answers. */
export interface HandoverPair {
  dispatch: JudgedOf<'custody.dispatched'>;
  lots: JudgedOf<'custody.received'>['event']['payload']['lots'];
}

/** Lists the dispatches that a receipt answers, except those of lots whose chains are not loaded. */
export function handoversOf({ event }: JudgedOf<'custody.received'>, { chains }: Facts): HandoverPair[] {
  const pairs = new Map<string, HandoverPair>();
  for (const received of event.payload.lots) {
    const known = pairs.get(received.prev);
    if (known !== undefined) {
      known.lots.push(received);
      continue;
    }
    const dispatch = chains.get(received.lot)?.findLast((entry) => entry.event.id === received.prev);
    if (dispatch !== undefined && isType(dispatch, 'custody.dispatched'))
      pairs.set(received.prev, { dispatch, lots: [received] });
  }
  return [...pairs.values()];
}
