import * as z from 'zod';
import { differenceText, likelyCause, massText, quantityText } from '../../words.js';
import { WHOLE, gradeInPartsPerMillion, kilograms } from '../../custody/quantity.js';
import type { LotMeasure } from '../engine/lot-history.js';
import * as parameter from '../engine/parameter.js';

type Tolerance = parameter.Tolerance;
type Tolerances = parameter.Tolerances;

/** Tolerances of most comparisons, and of gold in a handover. */
export const halfAndOne: Tolerances = { default: { ok: 5_000, warn: 10_000 }, byMineral: {} };
export const gold: Tolerance = { ok: 1_000, warn: 3_000 };

const moistureShare = parameter.partsPerMillion.max(1_000_000);

export const moistureSchema = {
  moistureAtMost: z.strictObject({
    byForm: z
      .record(z.string(), moistureShare)
      .default({ ore: 250_000, concentrate: 150_000, hydroxide: 600_000, dore: 0, metal: 0 })
      .describe('Moisture at most if none is stated, parts per million, by form; of other forms all may be water'),
    made: z
      .array(z.strictObject({ process: parameter.codes, form: z.string(), most: moistureShare }))
      // Concentrate is dried before it is bagged: magnets separate dry material only.
      .default([{ process: ['gravity', 'magnetic', 'dry'], form: 'concentrate', most: 30_000 }])
      .describe('Another bound, parts per million, by the process that made the goods'),
  }),
};

const MILLION = 1_000_000n;

/** The excess of an output amount over the input amount; both in mg. */
export interface Gain {
  in: bigint;
  out: bigint;
  band: 'ok' | 'warn' | 'beyond';
}

/** Tests out > in · (1 + tolerance), in integers. */
export function gainOf(amountIn: bigint, amountOut: bigint, { ok, warn }: Tolerance): Gain {
  const exceeds = (partsPerMillion: number): boolean =>
    amountOut * MILLION > amountIn * (MILLION + BigInt(partsPerMillion));
  return { in: amountIn, out: amountOut, band: exceeds(warn) ? 'beyond' : exceeds(ok) ? 'warn' : 'ok' };
}

/** Tests out < in · (1 − tolerance), in integers. */
export function lossOf(amountIn: bigint, amountOut: bigint, { ok, warn }: Tolerance): Gain {
  const isBelow = (partsPerMillion: number): boolean =>
    amountOut * MILLION < amountIn * (MILLION - BigInt(partsPerMillion));
  return { in: amountIn, out: amountOut, band: isBelow(warn) ? 'beyond' : isBelow(ok) ? 'warn' : 'ok' };
}

const order = { ok: 0, warn: 1, beyond: 2 } as const;

/** Tolerances of the dry mass where another moisture is stated: two samples of one lot differ by some per cent. */
export const betweenMoistures: Tolerances = { default: { ok: 100_000, warn: 200_000 }, byMineral: {} };

/**
 * Returns the smallest gain. A bag in the rain gains wet mass and no dry mass; a bag with a new estimate of its moisture
 * alone gains dry mass and no wet mass: neither gains material.
 */
export const smallest = (gains: readonly Gain[]): Gain | null =>
  gains.reduce<Gain | null>(
    (least, gain) => (least === null || order[gain.band] < order[least.band] ? gain : least),
    null,
  );

/** Computes mass · (1 − moisture), rounded down; null if the moisture is unknown. */
export const dryMass = ({ mass, moisture }: LotMeasure): bigint | null =>
  moisture === null ? null : (mass * (MILLION - BigInt(moisture))) / MILLION;

export const sum = (masses: readonly bigint[]): bigint => masses.reduce((total, mass) => total + mass, 0n);

/** Sums the dry masses; null if one is unknown. */
export function totalDryMass(measures: readonly LotMeasure[]): bigint | null {
  const masses = measures.map(dryMass);
  return masses.every((mass) => mass !== null) ? sum(masses) : null;
}

export type Bound = 'most' | 'least';

/** Moisture of goods at most, if none is stated. */
export type Moistures = z.infer<(typeof moistureSchema)['moistureAtMost']>;

/** Returns the highest moisture if none is stated, parts per million: by the process of the goods, else their form. */
export function wettest({ form = '', process = '' }: LotMeasure, { byForm, made }: Moistures): number {
  const line = made.find((one) => one.form === form && one.process.includes(process));
  return line?.most ?? byForm[form] ?? WHOLE;
}

/** Returns the dry mass of a lot or, if its moisture is unknown, the most or the least that it can be. */
export function dryMassBound(measure: LotMeasure, bound: Bound, moistures: Moistures): bigint {
  const known = dryMass(measure);
  if (known !== null) return known;
  return bound === 'most' ? measure.mass : (measure.mass * BigInt(WHOLE - wettest(measure, moistures))) / MILLION;
}

/**
 * Computes the metal of an analyte in a lot, mg: dry or wet mass times grade. With unknown moisture, `most` takes the
 * lot as dry, and `least` as wet as it can be. An unknown grade counts as zero in `least`, and returns null in `most`.
 */
export function metalIn(measure: LotMeasure, analyte: string, bound: Bound, moistures: Moistures): bigint | null {
  const grade = measure.grades.find((candidate) => candidate.analyte === analyte);
  if (grade === undefined) return bound === 'most' ? null : 0n;
  const mass = grade.basis === 'wet' ? measure.mass : dryMassBound(measure, bound, moistures);
  return (mass * gradeInPartsPerMillion(grade)) / MILLION;
}

const decimalsOf = (value: string): number => Math.max(1, value.split('.')[1]?.length ?? 0);

/**
 * Formats measured value and threshold: the measured value exactly, the highest amount that would have passed rounded
 * down to the same number of decimals (at least one).
 */
export function massTexts(gain: Gain, { ok }: Tolerance): { measured: string; threshold: string } {
  const measured = kilograms(gain.out).value;
  const step = 10n ** BigInt(6 - Math.min(6, decimalsOf(measured)));
  const highest = (gain.in * (MILLION + BigInt(ok))) / MILLION;
  return { measured: `${measured} KGM`, threshold: `${kilograms((highest / step) * step).value} KGM` };
}

/**
 * Describes how two masses of the same goods differ: the mass, the limit, the difference, and its most likely cause.
 * @param limit the limit in kilograms as in `threshold`, with the words before and after it
 */
export function massDetail(
  { in: before, out: after }: Gain,
  { what, mineral, kind, likely }: { what: string; mineral: string | null; kind: string; likely?: string },
  limit: { before: string; threshold: string; after: string },
): string {
  const unit = mineral ?? undefined;
  const [value = '', uom = ''] = limit.threshold.split(' ');
  const most = `${limit.before} ${quantityText({ value, uom }, unit)} ${limit.after}`;
  const difference = differenceText(before, after, unit);
  // A comparison through a process is of dry mass or metal: moisture does not explain it.
  const isOfMasses = likely === undefined && kind !== 'processed' && kind !== 'metal';
  const cause = isOfMasses ? likelyCause(before, after, unit) : null;
  return [
    `${massText(after, unit)} ${what}, where ${most}`,
    ...(difference === null ? [] : [`: ${difference}`]),
    '.',
    ...(cause === null ? [] : [` Most likely ${cause}.`]),
    ...(likely === undefined ? [] : [` ${likely}`]),
  ].join('');
}

const percent = (partsPerMillion: number): string => `${partsPerMillion / 1e4} %`;

/** Formats tolerances: a name, then both figures, then those that differ by mineral. */
export function tolerancesText(name: string, { default: usual, byMineral }: Tolerances): string {
  const minerals = Object.entries(byMineral).map(
    ([mineral, { ok, warn }]) => `; ${mineral} ${percent(ok)}, ${percent(warn)}`,
  );
  return `${name} ${percent(usual.ok)}, ${percent(usual.warn)}${minerals.join('')}`;
}

/** Omits what a new moisture shows of a lot where its weight shows it too. */
export const withoutRepeats = <T extends { cause: string; lots: readonly string[] }>(found: readonly T[]): T[] =>
  found.filter(
    ({ cause, lots: [lot] }) =>
      !cause.startsWith('dried:') || !found.some((other) => other.cause !== cause && other.lots[0] === lot),
  );
