import type { LotState } from '../../client/shapes.js';
import { quantityText } from '../../core/words.js';

/** Characters of an id that lists show, and by which every command finds the lot again. */
const SHORT = 8;

export const shortId = (id: string): string => id.slice(0, SHORT);

type Named = Pick<LotState, 'tags' | 'lotNumber'>;

/** What people call a lot: its first tag, with how many more there are, or its lot number; "" where it has neither. */
export function calledOf({ tags, lotNumber }: Named): string {
  const [first, ...others] = tags;
  if (first === undefined) return lotNumber ?? '';
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** Names a lot by its tag or number, and by the beginning of its id. */
export const nameOf = (lot: Named & { id: string }): string =>
  calledOf(lot) === '' ? shortId(lot.id) : `${calledOf(lot)} (${shortId(lot.id)})`;

/** What it is: "cassiterite concentrate". */
export const goodsOf = ({ mineral, form }: Pick<LotState, 'mineral' | 'form'>): string => `${mineral} ${form}`;

export const massOf = ({ mass, mineral }: Pick<LotState, 'mass' | 'mineral'>): string => quantityText(mass, mineral);

type Place = Pick<LotState, 'status' | 'holder' | 'inTransitTo' | 'onHold'>;

/** Where it is: "with trader", "coop → trader, on the way", "used up by plant", "closed by coop"; a hold is said first. */
export function whereOf({ status, holder, inTransitTo, onHold }: Place): string {
  const where = {
    held: `with ${holder}`,
    inTransit: `${holder} → ${inTransitTo ?? '?'}, on the way`,
    consumed: `used up by ${holder}`,
    closed: `closed by ${holder}`,
  }[status];
  return onHold ? `ON HOLD, ${where}` : where;
}
