import type { Facts } from './facts.js';
import { hasPart } from './parties.js';

/**
 * Numbers and documents that belong to one thing and occur on two. Any actor can copy them from another's bag: a later
 * use by an actor without a part in the first one's lots does not count against the first use and its descendants.
 */

/** Lots with one number or document whose parties are examined at most; other lots count as without parties. */
export const MAX_SHARING = 20;

/** One use of a number or a paper. */
export interface NumberUse {
  signer: string;
  lots: readonly string[];
  index: number;
}

/** Returns whether a use is by another signer than the first, without an earlier part in the first one's lots. */
export const isForeign = (use: NumberUse, first: NumberUse, facts: Facts): boolean =>
  use.signer !== first.signer &&
  !(
    use.index > first.index &&
    first.lots.slice(0, MAX_SHARING).some((lot) => hasPart(use.signer, lot, use.index, facts))
  );

/** Formats the sentence of a finding that names the first user. */
export const firstUseText = (signer: string): string =>
  ` ${signer} used it first; the others used it without a part in that.`;
