import { partsPerMillion } from '../custody/quantity.js';
import type { Grade } from '../custody/view.js';
import { judgesEach } from './each-event.js';
import { type Facts, type JudgedEvent, isType } from './facts.js';
import { dryGrade, type GradesSaid, gradesSaid, gradeText } from './grades.js';
import { type LotMeasure, measureBefore } from './lot-history.js';
import type { Parameters } from './parameters.js';
import type { Rule } from './rule.js';

const MILLION = 1_000_000n;

/** What was known of the same matter before: of the lot itself, or of the lots that were only put together or split. */
function knownBefore(lot: string, entry: JudgedEvent, { chains }: Facts): LotMeasure[] | null {
  if (isType(entry, 'lot.aggregated') || isType(entry, 'lot.split')) {
    const inputs = entry.event.payload.inputs.map((input) =>
      measureBefore(chains.get(input.lot) ?? [], input.lot, entry.index),
    );
    return inputs.every((measure) => measure !== null) ? inputs : null;
  }
  const before = measureBefore(chains.get(lot) ?? [], lot, entry.index);
  return before === null ? null : [before];
}

interface Jump {
  grade: Grade;
  from: string;
}

/** A grade outside what was known of the same analyte, by more than two samples of one heap differ. */
function jumpOf(grade: Grade, said: GradesSaid, known: readonly LotMeasure[], { gradeJump }: Parameters): Jump | null {
  const before = known.map((measure) => {
    const other = measure.grades.find(({ analyte }) => analyte === grade.analyte);
    return other === undefined ? null : { value: dryGrade(other, measure.moisture), text: gradeText(other) };
  });
  const moisture =
    said.moisturePercent === undefined ? (known[0]?.moisture ?? null) : partsPerMillion(said.moisturePercent);
  const value = dryGrade(grade, moisture);
  const values = before.flatMap((one) => one?.value ?? []);
  if (value === null || values.length !== known.length || values.length === 0) return null;
  const tolerance = BigInt(gradeJump.byAnalyte[grade.analyte] ?? gradeJump.tolerance);
  const [least, most] = [values.reduce((a, b) => (b < a ? b : a)), values.reduce((a, b) => (b > a ? b : a))];
  const jumps = value * MILLION > most * (MILLION + tolerance) || value * MILLION < least * (MILLION - tolerance);
  return jumps ? { grade, from: [...new Set(before.map((one) => one?.text))].join(', ') } : null;
}

export const gradeJump: Rule = {
  id: 'grade-jump',
  version: 1,
  group: 'mass',
  title: 'The grade changed with nothing done to the goods',
  means: 'Another grade was measured than was known of the same matter before, by more than two samples differ.',
  doesNotMean: 'Which of the two is right, nor that the goods were exchanged: a poor sample looks the same.',
  describe: ({ gradeJump: { severity, tolerance, byAnalyte } }) =>
    `A grade measured or certified that differs by more than ${tolerance / 1e4} % of itself (${Object.entries(byAnalyte)
      .map(([analyte, share]) => `${analyte} ${share / 1e4} %`)
      .join(', ')}) from the one before; of lots put together or split, from the range of theirs: ${severity}.`,
  standard: 'ITSCI plausibility checks; LBMA Responsible Gold Guidance (assay against declaration)',
  scope: ['chains'],
  ...judgesEach(['lot.measured', 'assay.certified', 'lot.aggregated', 'lot.split'], (entry, facts, parameters) =>
    gradesSaid(entry).flatMap((said) => {
      const known = knownBefore(said.lot, entry, facts);
      if (known === null) return [];
      return said.grades.flatMap((grade) => {
        const jump = jumpOf(grade, said, known, parameters);
        if (jump === null) return [];
        return [
          {
            severity: parameters.gradeJump.severity,
            cause: `${said.lot}:${grade.analyte}`,
            lots: [said.lot],
            measured: gradeText(grade),
            threshold: jump.from,
            detail: `${entry.event.type} of ${entry.event.iss} says ${gradeText(grade)}, where ${jump.from} was known.`,
          },
        ];
      });
    }),
  ),
};
