import type { Facts } from './facts.js';
import { hasPart } from './parties.js';

/**
 * Numbers and papers that belong to one thing and are found on two. Anybody can copy what is written on another's bag: so the
 * first use, and what comes of it, is not weighed down by a later use of somebody who has nothing to do with it.
 */

/** Lots that share one number or paper of which it is asked who had them; of the others nobody is known to have had a part. */
export const MAX_SHARING = 20;

/** One use of a number or a paper. */
export interface NumberUse {
  signer: string;
  lots: readonly string[];
  index: number;
}

/** Tells whether a use is by another signer than the first was, who by then had no part in the first one's lots. */
export const isForeign = (use: NumberUse, first: NumberUse, facts: Facts): boolean =>
  use.signer !== first.signer &&
  !(
    use.index > first.index &&
    first.lots.slice(0, MAX_SHARING).some((lot) => hasPart(use.signer, lot, use.index, facts))
  );

/** Says whose use is not weighed down, to be added to the sentence of a finding. */
export const firstUseText = (signer: string): string =>
  ` ${signer} used it first; the others used it without a part in that.`;
