import * as z from 'zod';
import { byMassBalance } from '../engine/evidence.js';
import { partsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { type GradesSaid, gradesSaid, gradeText } from './grades.js';
import { type KnownGrade, gradesKnown } from '../engine/known-of-lots.js';
import { dryGrade } from '../engine/lot-history.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  gradeJump: z.strictObject({
    severity: parameter.severity.default('high'),
    tolerance: parameter.partsPerMillion
      .default(50_000)
      .describe('Share by which a grade may change without a process, parts per million: samples differ'),
    byAnalyte: z
      .record(z.string(), parameter.partsPerMillion)
      .default({ Au: 20_000 })
      .describe('Another tolerance, by analyte'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000n;

interface Jump {
  grade: Grade;
  from: string;
}

/** Returns earlier known grades of the same material: of the lot, or of the lots that were only aggregated or split. */
function knownOfMatter(lot: string, analyte: string, entry: JudgedEvent, facts: Facts): KnownGrade[] {
  if (!isType(entry, 'lot.aggregated') && !isType(entry, 'lot.split'))
    return gradesKnown(lot, analyte, entry.index, facts);
  const inputs = entry.event.payload.inputs.map((input) => gradesKnown(input.lot, analyte, entry.index, facts));
  return inputs.every((known) => known.length > 0) ? inputs.flat() : [];
}

/** Returns a grade that differs from the earlier grades of the analyte by more than two samples of one heap differ. */
function jumpOf(grade: Grade, said: GradesSaid, entry: JudgedEvent, facts: Facts, parameters: Parameters): Jump | null {
  const known = knownOfMatter(said.lot, grade.analyte, entry, facts);
  const values = known.flatMap((one) => dryGrade(one.grade, one.moisture) ?? []);
  const moisture =
    said.moisturePercent === undefined ? (known[0]?.moisture ?? null) : partsPerMillion(said.moisturePercent);
  const value = dryGrade(grade, moisture);
  if (value === null || values.length !== known.length || values.length === 0) return null;
  const { byAnalyte, tolerance: usual } = parameters.gradeJump;
  const tolerance = BigInt(byAnalyte[grade.analyte] ?? usual);
  const [least, most] = [values.reduce((a, b) => (b < a ? b : a)), values.reduce((a, b) => (b > a ? b : a))];
  const jumps = value * MILLION > most * (MILLION + tolerance) || value * MILLION < least * (MILLION - tolerance);
  return jumps ? { grade, from: [...new Set(known.map((one) => gradeText(one.grade)))].join(', ') } : null;
}

export const gradeJump: Rule<typeof schema> = {
  id: 'grade-jump',
  version: 3,
  group: 'mass',
  title: 'The grade changed with nothing done to the goods',
  means: 'Another grade was measured than was known of the same matter before, by more than two samples differ.',
  doesNotMean: 'Which of the two is right, nor that the goods were exchanged: a poor sample looks the same.',
  causes: {
    innocent: 'a poor sample',
    bad: 'the goods were exchanged',
  },
  advice:
    'Have a sample taken in front of both sides and assayed by a laboratory that neither chose; until then do not assume that the goods are those that were sent. It closes when the wrong grade of the two is corrected by `event.corrected`; otherwise it is answered with the third assay by `finding.answered`.',
  parameters: schema,
  describe: ({ gradeJump: { severity, tolerance, byAnalyte } }) =>
    `A grade measured or certified that differs by more than ${tolerance / 1e4} % of itself (${Object.entries(byAnalyte)
      .map(([analyte, share]) => `${analyte} ${share / 1e4} %`)
      .join(', ')}) from the one before; of lots put together or split, from the range of theirs: ${severity}.`,
  standard: 'ITSCI plausibility checks; LBMA Responsible Gold Guidance (assay against declaration)',
  evidence: byMassBalance,
  scope: ['chains', 'about'],
  ...judgesEach(
    ['lot.measured', 'assay.certified', 'lot.aggregated', 'lot.split'],
    (entry, facts, parameters: Parameters) =>
      gradesSaid(entry).flatMap((said) =>
        said.grades.flatMap((grade) => {
          const jump = jumpOf(grade, said, entry, facts, parameters);
          if (jump === null) return [];
          return [
            {
              severity: parameters.gradeJump.severity,
              cause: `${said.lot}:${grade.analyte}`,
              lots: [said.lot],
              measured: gradeText(grade),
              threshold: jump.from,
              detail: `${entry.event.type} of ${entry.event.iss} says ${gradeText(grade)}, where ${jump.from} was known. Likeliest: one of the two samples was poor, or an instrument is out of true; at worst the goods were exchanged. A third sample, taken in front of both sides, settles it.`,
            },
          ];
        }),
      ),
  ),
};
