import { gradeInPartsPerMillion } from '../custody/quantity.js';
import type { Grade } from '../custody/view.js';
import { type Facts, type JudgedEvent, isType } from './facts.js';
import { measureBefore } from './lot-history.js';
import { lotSubject } from './subjects.js';

const MILLION = 1_000_000n;

/** What one event says of the grades of one lot. */
export interface GradesSaid {
  lot: string;
  grades: readonly Grade[];
  /** Moisture that the same event tells, parts per million; null where it tells none. */
  moisturePercent: string | undefined;
}

/** The grades that an event states, by lot: of lots it makes, measures or certifies. */
export function gradesSaid({ event }: JudgedEvent): GradesSaid[] {
  switch (event.type) {
    case 'lot.declared':
    case 'lot.aggregated':
    case 'lot.split':
    case 'lot.processed':
      return event.payload.outputs.flatMap(({ lot, grades, moisturePercent }) =>
        grades === undefined ? [] : [{ lot, grades, moisturePercent }],
      );
    case 'lot.measured':
      return event.payload.lots.flatMap(({ lot, grades, moisturePercent }) =>
        grades === undefined ? [] : [{ lot, grades, moisturePercent }],
      );
    case 'assay.certified': {
      const { lot, grades, moisturePercent } = event.payload;
      return [{ lot, grades, moisturePercent }];
    }
    default:
      return [];
  }
}

/** Events that may state grades. */
export const gradingTypes = [
  'lot.declared',
  'lot.aggregated',
  'lot.split',
  'lot.processed',
  'lot.measured',
  'assay.certified',
] as const;

/** How deep lots that were only split or put together are followed up to what was assayed. */
const MAX_STEPS = 8;

/**
 * The newest grade of an analyte in a lot before an index, by its chain, by certified assays of it, or, where it was
 * only split off or put together, the highest of the lots it was made of. Null: nobody has said.
 */
export function gradeOf(lot: string, analyte: string, index: number, facts: Facts, steps = MAX_STEPS): Grade | null {
  const chain = (facts.chains.get(lot) ?? []).filter((entry) => entry.index < index);
  const certified = (facts.about.get(lotSubject(lot)) ?? []).findLast(
    (entry) => isType(entry, 'assay.certified') && entry.index < index && has(entry.event.payload.grades, analyte),
  );
  if (certified !== undefined && isType(certified, 'assay.certified'))
    return certified.event.payload.grades.find((grade) => grade.analyte === analyte) ?? null;
  const own = measureBefore(chain, lot, index)?.grades.find((grade) => grade.analyte === analyte);
  if (own !== undefined) return own;
  const birth = chain[0];
  if (birth === undefined || steps === 0 || !(isType(birth, 'lot.split') || isType(birth, 'lot.aggregated')))
    return null;
  const parents = birth.event.payload.inputs.map((input) => gradeOf(input.lot, analyte, index, facts, steps - 1));
  if (!parents.every((grade) => grade !== null)) return null;
  return parents.reduce((a, b) => (gradeInPartsPerMillion(b) > gradeInPartsPerMillion(a) ? b : a));
}

const has = (grades: readonly { analyte: string }[], analyte: string): boolean =>
  grades.some((grade) => grade.analyte === analyte);

/** A grade as parts per million of the dry mass; null where that needs a moisture that is not known. */
export function dryGrade(grade: Grade, moisture: number | null): bigint | null {
  const value = gradeInPartsPerMillion(grade);
  if (grade.basis === 'dry') return value;
  return moisture === null || moisture >= 1_000_000 ? null : (value * MILLION) / (MILLION - BigInt(moisture));
}

const UNITS = { P1: '%', NX: '‰', '59': 'ppm' } as const;
export const gradeText = ({ analyte, value, uom }: Grade): string => `${value} ${UNITS[uom]} ${analyte}`;
