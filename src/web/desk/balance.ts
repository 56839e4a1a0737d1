import { milligrams } from '../../core/custody/quantity.js';
import type { Quantity } from '../../core/event/quantity-claims.js';
import { type Tolerances, toleranceFor } from '../../core/rules/engine/parameter.js';

/** The tolerances of one kind of comparison, in parts per million; null: no rule judges that side alone. */
export interface Limits {
  gained: Tolerances;
  lost: Tolerances | null;
}

/** How far a mass is from another one, and on which side: each has its rule. */
export interface Difference {
  /** Milligrams. */
  before: bigint;
  after: bigint;
  band: 'ok' | 'warn' | 'beyond';
  side: 'gained' | 'lost';
  /** The part of the earlier mass up to which it counts as error of measurement; null: none is set. */
  allowed: number | null;
}

const MILLION = 1_000_000n;

const sumOf = (masses: readonly Quantity[]): bigint => masses.reduce((sum, mass) => sum + milligrams(mass), 0n);

/** Compares masses before and after by the rules in force. */
export function compareMasses(
  before: readonly Quantity[],
  after: readonly Quantity[],
  limits: Limits,
  mineral: string,
): Difference {
  const [input, output] = [sumOf(before), sumOf(after)];
  const gained = output >= input;
  const set = gained ? limits.gained : limits.lost;
  const side = gained ? 'gained' : 'lost';
  if (set === null) return { before: input, after: output, band: 'ok', side, allowed: null };
  const { ok, warn } = toleranceFor(set, mineral);
  const apart = (gained ? output - input : input - output) * MILLION;
  const band = apart <= input * BigInt(ok) ? 'ok' : apart <= input * BigInt(warn) ? 'warn' : 'beyond';
  return { before: input, after: output, band, side, allowed: ok / Number(MILLION) };
}
