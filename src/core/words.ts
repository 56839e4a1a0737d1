import { type Quantity, kilograms, milligrams } from './custody/quantity.js';

// How figures are written for people, in English: one unit a kind of thing, plurals, and times as long as they are.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** Writes a number of things: "1 lot", "3 lots". */
export const countOf = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

/** Writes a time in ms by its greatest unit that says something: "12 min", "5 h", "3 days", "9 years". */
export function durationText(ms: number): string {
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  if (ms < 2 * YEAR) return countOf(Math.round(ms / DAY), 'day');
  return countOf(Math.round(ms / YEAR), 'year');
}

/** Milligrams as a decimal of grams: 1500n is "1.5". */
function grams(mass: bigint): string {
  const digits = mass.toString().padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  return `${digits.slice(0, -3)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Writes milligrams in kilograms, and of gold in grams: "48.6 kg", "31.2 g". */
export const massText = (mass: bigint, mineral?: string): string =>
  mineral === 'gold' ? `${grams(mass)} g` : `${kilograms(mass).value} kg`;

/** Writes a mass as the API gives it: kilograms, and grams of gold; "?" for a unit that is none of mass. */
export function quantityText(quantity: Quantity, mineral?: string): string {
  try {
    return massText(milligrams(quantity), mineral);
  } catch {
    return '?';
  }
}

/** Part of `whole` in per cent with one decimal, two where it is small: "2.4 %". */
function perCent(part: bigint, whole: bigint): string {
  const hundredths = Number((part * 1_000_000n) / whole) / 10_000;
  return `${hundredths.toFixed(hundredths < 1 ? 2 : 1)} %`;
}

/** Writes how one mass differs from what it was before: "1.2 kg less (2.4 %)"; null where they are the same. */
export function differenceText(before: bigint, after: bigint, mineral?: string): string | null {
  if (before === after) return null;
  const difference = after > before ? after - before : before - after;
  const share = before === 0n ? '' : ` (${perCent(difference, before)})`;
  return `${massText(difference, mineral)} ${after > before ? 'more' : 'less'}${share}`;
}

/** How far from 10, 100 or 1,000 a factor may be and still look like one, as a share of it. */
const NEAR = 0.1;
/** What ore loses by drying at most, as a share: above it, moisture explains nothing. */
const DRYING = 0.15;

/**
 * Says what most likely made two masses of the same goods differ: a unit, a decimal point, or moisture; null where
 * nothing ordinary explains it. Gold is not wet.
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

/** Units as people write them, in figures that rules measured. */
const UNITS: readonly [RegExp, string][] = [
  [/\bKGM\b/g, 'kg'],
  [/\bGRM\b/g, 'g'],
  [/\bTNE\b/g, 't'],
];

/** Writes what a rule measured, such as "50.1 KGM", with units as people know them: "50.1 kg", and "31.2 g" of gold. */
export function figuresOf(text: string, mineral?: string): string {
  const ofMineral =
    mineral === 'gold'
      ? text.replace(/\b[0-9]+(?:\.[0-9]{1,6})? KGM\b/g, (kilos) =>
          quantityText({ value: kilos.slice(0, -' KGM'.length), uom: 'KGM' }, mineral),
        )
      : text;
  return UNITS.reduce((written, [unit, short]) => written.replace(unit, short), ofMineral);
}
