import { gradeInPartsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import type { Facts, JudgedEvent } from '../engine/facts.js';
import { gradesKnown } from '../engine/known-of-lots.js';

/** The grades of one lot by one event. */
export interface GradesSaid {
  lot: string;
  grades: readonly Grade[];
  /** Moisture by the same event, per cent; absent if it states none. */
  moisturePercent: string | undefined;
}

/** Lists the grades that an event states, by lot: of lots that it creates, measures or certifies. */
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

/**
 * Returns the newest grade of an analyte in a lot before an index, by its holders or a laboratory; for a lot that was
 * only split or aggregated, the highest of its inputs. Null: unknown.
 */
export function gradeOf(lot: string, analyte: string, index: number, facts: Facts): Grade | null {
  const grades = gradesKnown(lot, analyte, index, facts).map(({ grade }) => grade);
  return grades.reduce<Grade | null>(
    (most, one) => (most === null || gradeInPartsPerMillion(one) > gradeInPartsPerMillion(most) ? one : most),
    null,
  );
}

const UNITS = { P1: '%', NX: '‰', '59': 'ppm' } as const;
export const gradeText = ({ analyte, value, uom }: Grade): string => `${value} ${UNITS[uom]} ${analyte}`;
