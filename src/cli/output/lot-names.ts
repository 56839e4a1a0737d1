import type { LotState } from '../../core/api/lot.js';
import { quantityText } from '../../core/words.js';

/** Characters of an id in lists, by which every command finds the lot. */
const SHORT = 8;

export const shortId = (id: string): string => id.slice(0, SHORT);

type Named = Pick<LotState, 'tags' | 'lotNumber'>;

/** Returns the name of a lot: its first tag with the number of others, or its lot number; "" if it has neither. */
export function calledOf({ tags, lotNumber }: Named): string {
  const [first, ...others] = tags;
  if (first === undefined) return lotNumber ?? '';
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** Returns a lot's tag or number with the beginning of its id. */
export const nameOf = (lot: Named & { id: string }): string =>
  calledOf(lot) === '' ? shortId(lot.id) : `${calledOf(lot)} (${shortId(lot.id)})`;

/** Describes the goods: "cassiterite concentrate". */
export const goodsOf = ({ mineral, form }: Pick<LotState, 'mineral' | 'form'>): string => `${mineral} ${form}`;

export const massOf = ({ mass, mineral }: Pick<LotState, 'mass' | 'mineral'>): string => quantityText(mass, mineral);

type Place = Pick<LotState, 'status' | 'holder' | 'inTransitTo' | 'onHold'>;

/**
 * Describes the place: "with trader", "coop → trader, on the way", "used up by plant", "closed by coop"; a hold comes
 * first.
 */
export function whereOf({ status, holder, inTransitTo, onHold }: Place): string {
  const where = {
    held: `with ${holder}`,
    inTransit: `${holder} → ${inTransitTo ?? '?'}, on the way`,
    consumed: `used up by ${holder}`,
    closed: `closed by ${holder}`,
  }[status];
  return onHold ? `ON HOLD, ${where}` : where;
}
