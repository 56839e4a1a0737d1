import type { Grade, Quantity } from '../event/quantity-claims.js';

/** Power of ten that converts each unit to milligrams. */
const MILLIGRAM_DIGITS: Readonly<Record<string, number>> = { TNE: 9, KGM: 6, GRM: 3 };

/** Returns `text` times 10^digits as an integer; further decimals are cut off. */
function scaled(text: string, digits: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits));
}

/** Converts a valid quantity to whole milligrams. Throws a RangeError for a unit that the schema does not allow. */
export function milligrams({ value, uom }: Quantity): bigint {
  const digits = MILLIGRAM_DIGITS[uom];
  if (digits === undefined) throw new RangeError(`${uom} is not a unit of mass.`);
  return scaled(value, digits);
}

/** Converts milligrams to kilograms, exactly: 48500000n is `{"value":"48.5","uom":"KGM"}`. */
export function kilograms(mass: bigint): { value: string; uom: 'KGM' } {
  const digits = mass.toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return { value: `${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`, uom: 'KGM' };
}

/** One whole in parts per million. */
export const WHOLE = 1_000_000;

/** Converts a percentage to whole parts per million; decimals beyond the fourth are cut off. */
export const partsPerMillion = (percentage: string): number => Number(scaled(percentage, 4));

/** Power of ten that converts each unit of grade to parts per million: per cent, per mille, parts per million. */
const GRADE_DIGITS = { P1: 4, NX: 3, '59': 0 } as const;

/** Converts a grade to whole parts per million of the mass that it refers to. */
export const gradeInPartsPerMillion = ({ value, uom }: Pick<Grade, 'value' | 'uom'>): bigint =>
  scaled(value, GRADE_DIGITS[uom]);

export interface Weight {
  id: string;
  weight: bigint;
}

/**
 * Divides `total` in proportion to the weights, in whole units that sum exactly to it. Each gets the floor of its part;
 * the rest goes one by one to the largest remainders, ties by id. A weight of zero gets nothing, unless all weights are
 * zero: then the first by id gets all.
 */
export function shareOut(total: bigint, weights: readonly Weight[]): { id: string; share: bigint }[] {
  const sum = weights.reduce((all, { weight }) => all + weight, 0n);
  const sorted = [...weights].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (sum === 0n) return sorted.map(({ id }, i) => ({ id, share: i === 0 ? total : 0n }));
  const parts = sorted.map(({ id, weight }) => ({
    id,
    share: (total * weight) / sum,
    remainder: (total * weight) % sum,
  }));
  let left = total - parts.reduce((all, { share }) => all + share, 0n);
  const byRemainder = [...parts].sort((a, b) => (a.remainder === b.remainder ? 0 : a.remainder > b.remainder ? -1 : 1));
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  return parts.map(({ id, share }) => ({ id, share }));
}
