import * as z from 'zod';
import { byChemistry } from '../engine/evidence.js';
import { gradeInPartsPerMillion, partsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { judgesEach } from '../engine/each-event.js';
import { gradesSaid, gradeText, gradingTypes } from './grades.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  gradeImpossible: z.strictObject({
    severity: parameter.severity.default('high'),
    maxima: z
      .array(z.strictObject({ analyte: z.string(), form: z.string().nullable(), max: parameter.percentText }))
      .default([
        { analyte: 'Sn', form: 'ore', max: '78.8' },
        { analyte: 'Sn', form: 'concentrate', max: '78.8' },
        { analyte: 'WO3', form: null, max: '76.6' },
        { analyte: 'Ta2O5', form: null, max: '86' },
        { analyte: 'Co', form: 'hydroxide', max: '63.4' },
        { analyte: 'Au', form: null, max: '100' },
      ])
      .describe('Grades of the pure minerals, per cent; form null: any'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Returns the maximum that a grade exceeds, per cent; null if it exceeds none. */
export function maximumExceeded(
  grade: Grade,
  form: string | null,
  { gradeImpossible: { maxima } }: Parameters,
): string | null {
  const limit = maxima.find((line) => line.analyte === grade.analyte && (line.form === null || line.form === form));
  return limit !== undefined && gradeInPartsPerMillion(grade) > BigInt(partsPerMillion(limit.max)) ? limit.max : null;
}

export const gradeImpossible: Rule<typeof schema> = {
  id: 'grade-impossible',
  version: 2,
  group: 'mass',
  title: 'More metal than chemistry allows',
  means: 'The grade stated is higher than that of the pure mineral.',
  doesNotMean: 'That the signer lies: a decimal point, a unit or the wrong analyte looks the same.',
  causes: {
    innocent: 'a decimal point, a unit or the wrong analyte',
    bad: 'an assay was made up',
  },
  advice:
    'Ask the laboratory for the certificate of the assay: unit, analyte and decimal point. It closes when the grade is corrected by `event.corrected`.',
  parameters: schema,
  describe: ({ gradeImpossible: { severity, maxima } }) =>
    `A grade above ${maxima
      .map(({ analyte, form, max }) => `${max} % ${analyte}${form === null ? '' : ` in ${form}`}`)
      .join(', ')}: ${severity}.`,
  standard:
    'Stoichiometry of cassiterite (SnO₂), wolframite, tantalite and cobalt hydroxide; fineness of gold (ISO 11426)',
  evidence: byChemistry,
  scope: ['chains'],
  ...judgesEach(gradingTypes, (entry, facts, parameters: Parameters) =>
    gradesSaid(entry).flatMap(({ lot, grades }) =>
      grades.flatMap((grade) => {
        const max = maximumExceeded(grade, facts.lots.get(lot)?.form ?? null, parameters);
        if (max === null) return [];
        return [
          {
            severity: parameters.gradeImpossible.severity,
            cause: `${lot}:${grade.analyte}`,
            lots: [lot],
            measured: gradeText(grade),
            threshold: `${max} % ${grade.analyte}`,
            detail: `${entry.event.iss} states ${gradeText(grade)}; no such ore exists. Likeliest: a decimal point or a unit is wrong. The printout of the instrument settles it.`,
          },
        ];
      }),
    ),
  ),
};
