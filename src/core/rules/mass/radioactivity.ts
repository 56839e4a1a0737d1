import { gradeInPartsPerMillion } from '../../custody/quantity.js';
import type { Facts } from '../engine/facts.js';
import { gradeOf } from './grades.js';

/** Thousandths of Bq/g per part per million of oxide: 35.7 (Th-232) and 104.7 Bq/g (U-238) per cent (IAEA TS-G-1.1). */
const ACTIVITY = { ThO2: 3_570n, U3O8: 10_470n } as const;
const SCALE = 1_000_000n;

/** Computes the activity of a lot at an index, millionths of Bq/g; null if one of the oxides was not assayed. */
export function activityOf(lot: string, index: number, facts: Facts): bigint | null {
  const thorium = gradeOf(lot, 'ThO2', index, facts);
  const uranium = gradeOf(lot, 'U3O8', index, facts);
  if (thorium === null || uranium === null) return null;
  return gradeInPartsPerMillion(thorium) * ACTIVITY.ThO2 + gradeInPartsPerMillion(uranium) * ACTIVITY.U3O8;
}

export const inMillionths = (becquerelPerGram: number): bigint => BigInt(becquerelPerGram) * SCALE;
export const activityText = (millionths: bigint): string => `${(Number(millionths) / 1e6).toFixed(1)} Bq/g`;

/** Lists the oxides that were not assayed, by formula. */
export const notAssayed = (lot: string, index: number, facts: Facts): string[] =>
  ['ThO2', 'U3O8'].filter((analyte) => gradeOf(lot, analyte, index, facts) === null);
