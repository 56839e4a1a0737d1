import { kilograms, milligrams } from './custody/quantity.js';
import type { Quantity } from './event/quantity-claims.js';

// English texts for figures: one unit for each kind of thing, plurals, and durations.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** Formats a count: "1 lot", "3 lots". */
export const countOf = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

/** Formats a time in ms in its largest suitable unit: "12 min", "5 h", "3 days", "9 years". */
export function durationText(ms: number): string {
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  if (ms < 2 * YEAR) return countOf(Math.round(ms / DAY), 'day');
  return countOf(Math.round(ms / YEAR), 'year');
}

/** Formats milligrams as decimal grams: 1500n is "1.5". */
function grams(mass: bigint): string {
  const digits = mass.toString().padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  return `${digits.slice(0, -3)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Formats milligrams in kilograms, and gold in grams: "48.6 kg", "31.2 g". */
export const massText = (mass: bigint, mineral?: string): string =>
  mineral === 'gold' ? `${grams(mass)} g` : `${kilograms(mass).value} kg`;

/** Formats a mass of the API: kilograms, and grams of gold; "?" for a unit that is not of mass. */
export function quantityText(quantity: Quantity, mineral?: string): string {
  try {
    return massText(milligrams(quantity), mineral);
  } catch {
    return '?';
  }
}

/** Formats a part of `whole` in per cent with one decimal, two if it is small: "2.4 %". */
function perCent(part: bigint, whole: bigint): string {
  const hundredths = Number((part * 1_000_000n) / whole) / 10_000;
  return `${hundredths.toFixed(hundredths < 1 ? 2 : 1)} %`;
}

/** Formats the difference of two masses: "1.2 kg less (2.4 %)"; null if they are equal. */
export function differenceText(before: bigint, after: bigint, mineral?: string): string | null {
  if (before === after) return null;
  const difference = after > before ? after - before : before - after;
  const share = before === 0n ? '' : ` (${perCent(difference, before)})`;
  return `${massText(difference, mineral)} ${after > before ? 'more' : 'less'}${share}`;
}

/** Deviation from 10, 100 or 1,000, as a share, up to which a factor counts as such. */
const NEAR = 0.1;
/** Loss of ore by drying at most, as a share: moisture does not explain more. */
const DRYING = 0.15;

/**
 * Returns the most likely cause of a difference between two masses of the same goods: a unit, a decimal point, or
 * moisture; null if none is likely. Gold has no moisture.
 */
export function likelyCause(before: bigint, after: bigint, mineral?: string): string | null {
  if (before === after || before === 0n || after === 0n) return null;
  const factor = after > before ? Number(after) / Number(before) : Number(before) / Number(after);
  const near = (goal: number): boolean => Math.abs(factor / goal - 1) < NEAR;
  if (near(1_000)) return 'a factor of 1,000: kilograms and grams, or tonnes and kilograms, were mixed up';
  if (near(10) || near(100)) return `a factor of ${near(10) ? 10 : 100}: a decimal point in the wrong place`;
  if (mineral === 'gold') return null;
  const change = (Number(after) - Number(before)) / Number(before);
  if (change < 0 && -change <= DRYING) return 'moisture: wet ore dries on its way; weigh it dry, or log its moisture';
  if (change > 0 && change <= DRYING) return 'moisture: ore that got wet weighs more; log its moisture';
  return null;
}

/** Units for people, in figures that rules measured. */
const UNITS: readonly [RegExp, string][] = [
  [/\bKGM\b/g, 'kg'],
  [/\bGRM\b/g, 'g'],
  [/\bTNE\b/g, 't'],
];

/** Formats a measured value such as "50.1 KGM" for people: "50.1 kg", and "31.2 g" of gold. */
export function figuresOf(text: string, mineral?: string): string {
  const ofMineral =
    mineral === 'gold'
      ? text.replace(/\b[0-9]+(?:\.[0-9]{1,6})? KGM\b/g, (kilos) =>
          quantityText({ value: kilos.slice(0, -' KGM'.length), uom: 'KGM' }, mineral),
        )
      : text;
  return UNITS.reduce((written, [unit, short]) => written.replace(unit, short), ofMineral);
}
