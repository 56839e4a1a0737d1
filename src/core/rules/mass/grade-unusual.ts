import * as z from 'zod';
import { byTrade } from '../engine/evidence.js';
import { WHOLE, gradeInPartsPerMillion, milligrams, partsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { type gradeImpossible, maximumExceeded } from './grade-impossible.js';
import { gradeOf, gradesSaid, gradeText, gradingTypes } from './grades.js';
import { knownBefore, sourcesOf } from '../engine/known-of-lots.js';
import { dryGrade } from '../engine/lot-history.js';
import { sourceOf } from './source-of-goods.js';
import { type moistureSchema, wettest } from './mass-balance.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  gradeUnusual: z.strictObject({
    severity: parameter.severity.default('medium'),
    cleanedBy: parameter.codes
      .default(['gravity', 'magnetic'])
      .describe('Processes whose outputs are of stage `cleaned`'),
    bagKilograms: parameter.kilogramsText
      .default('100')
      .describe('Mass up to which a declared lot is one bag, stage `raw`, kg'),
    recycledMethods: parameter.codes
      .default(['recycl', 'scrap', 'secondary'])
      .describe('Words in the method of a declaration that make it recycled: the grades of ore are not its grades'),
    windows: z
      .array(
        z.strictObject({
          analyte: z.string(),
          from: parameter.percentText,
          to: parameter.percentText,
          mineral: z.string(),
          form: z.string(),
          stage: z.enum(['raw', 'cleaned']).nullable(),
        }),
      )
      .default([
        { mineral: 'cassiterite', form: 'concentrate', stage: 'raw', analyte: 'Sn', from: '30', to: '65' },
        { mineral: 'cassiterite', form: 'concentrate', stage: 'cleaned', analyte: 'Sn', from: '60', to: '76' },
        { mineral: 'coltan', form: 'concentrate', stage: null, analyte: 'Ta2O5', from: '20', to: '50' },
        { mineral: 'wolframite', form: 'concentrate', stage: null, analyte: 'WO3', from: '50', to: '70' },
        { mineral: 'cobalt', form: 'hydroxide', stage: null, analyte: 'Co', from: '28', to: '40' },
        { mineral: 'gold', form: 'dore', stage: 'raw', analyte: 'Au', from: '80', to: '95' },
      ])
      .describe('Traded grades, per cent, both bounds included; stage null: either'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof moistureSchema & typeof gradeImpossible.parameters>;

type Window = Parameters['gradeUnusual']['windows'][number];
type Stage = 'raw' | 'cleaned';

/** Returns whether a lot is raw or concentrated; both if that is unknown. */
function stagesOf(lot: string, { gradeUnusual: { cleanedBy, bagKilograms } }: Parameters, facts: Facts): Stage[] {
  const stages = new Set(
    sourcesOf(lot, facts).map(({ lot: source, birth }): Stage | null => {
      if (isType(birth, 'lot.processed')) return cleanedBy.includes(birth.event.payload.process) ? 'cleaned' : null;
      if (!isType(birth, 'lot.declared')) return null;
      const mass = birth.event.payload.outputs.find((output) => output.lot === source)?.mass;
      // A declaration heavier than one bag may be concentrate that was made at the mine.
      return mass !== undefined && milligrams(mass) <= milligrams({ value: bagKilograms, uom: 'KGM' }) ? 'raw' : null;
    }),
  );
  const [stage] = stages;
  return stages.size === 1 && stage !== null && stage !== undefined ? [stage] : ['raw', 'cleaned'];
}

/** Returns a grade on dry mass, the basis of trade: from and to, if it is on wet mass with unknown moisture. */
function tradedAs(lot: string, grade: Grade, entry: JudgedEvent, parameters: Parameters, facts: Facts) {
  const measure = knownBefore(lot, entry.index + 1, facts);
  const moisture = measure?.moisture ?? null;
  const most = moisture ?? (measure === null ? 0 : wettest(measure, parameters.moistureAtMost));
  const value = gradeInPartsPerMillion(grade);
  return { least: dryGrade(grade, moisture) ?? value, most: dryGrade(grade, most) ?? BigInt(WHOLE) };
}

/** Returns whether a lot is wholly of recycled material. */
function isRecycled(lot: string, parameters: Parameters, facts: Facts): boolean {
  const sources = sourcesOf(lot, facts);
  return (
    sources.length > 0 &&
    sources.every(({ birth }) => isType(birth, 'lot.declared') && sourceOf(birth, parameters) === 'recycled')
  );
}

/** Returns the window that a grade misses, if it misses all others that may apply; null if it is within one. */
function windowMissed(
  lot: string,
  grade: Grade,
  entry: JudgedEvent,
  parameters: Parameters,
  facts: Facts,
): Window | null {
  const { mineral, form } = facts.lots.get(lot) ?? {};
  const { windows } = parameters.gradeUnusual;
  const stages = stagesOf(lot, parameters, facts);
  const { least, most } = tradedAs(lot, grade, entry, parameters, facts);
  const fitting = stages.map((stage) =>
    windows.find(
      (one) =>
        one.mineral === mineral && one.form === form && one.analyte === grade.analyte && (one.stage ?? stage) === stage,
    ),
  );
  const missed = fitting.flatMap((one) =>
    one === undefined || (most >= BigInt(partsPerMillion(one.from)) && least <= BigInt(partsPerMillion(one.to)))
      ? []
      : one,
  );
  return missed.length === stages.length ? (missed[0] ?? null) : null;
}

/** Returns whether a lot is a residue of extracting this metal: kept as a lot too, and not traded as concentrate. */
function isLeftover(grade: Grade, entry: JudgedEvent, facts: Facts): boolean {
  if (!isType(entry, 'lot.processed')) return false;
  const value = gradeInPartsPerMillion(grade);
  const fed = entry.event.payload.inputs.map((input) => gradeOf(input.lot, grade.analyte, entry.index, facts));
  return fed.every((one) => one !== null && value < gradeInPartsPerMillion(one));
}

export const gradeUnusual: Rule<typeof schema, Parameters> = {
  id: 'grade-unusual',
  version: 4,
  group: 'mass',
  title: 'A grade that is not traded',
  means: 'The grade lies outside what is bought and sold of this mineral in this form.',
  doesNotMean: 'That it is false: poor and rich ores exist. It is worth a second assay.',
  causes: {
    innocent: 'poor or rich ore, or a poor sample',
    bad: 'the goods are of another kind or place than declared',
  },
  advice:
    'Ask for the certificate of the assay, and for a second one from another laboratory. A mistyped grade is corrected by `event.corrected`, which closes it; ore that is really so poor or rich is explained by `finding.answered` that names the second assay.',
  parameters: schema,
  describe: ({ gradeUnusual: { severity, cleanedBy, bagKilograms, windows, recycledMethods } }) =>
    `A grade outside ${windows
      .map(
        ({ mineral, form, analyte, from, to, stage }) =>
          `${from}–${to} % ${analyte} (${stage === null ? '' : `${stage} `}${mineral} ${form})`,
      )
      .join(
        ', ',
      )}: ${severity}. Raw is what was declared in bags of up to ${bagKilograms} kg, cleaned what comes of ${cleanedBy.join(' or ')}; where neither is sure, both windows count. Grades of wet goods are reckoned as dry. What a process leaves behind, what was declared as recycled (\`source\`, or a method of ${recycledMethods.join(', ')}), and what is above chemistry, is not meant.`,
  standard: 'Trade specifications of tin, tantalum, tungsten and cobalt; ASM doré as refiners buy it',
  evidence: byTrade,
  scope: ['chains', 'about'],
  ...judgesEach(gradingTypes, (entry, facts, parameters: Parameters) =>
    gradesSaid(entry).flatMap(({ lot, grades }) =>
      grades.flatMap((grade) => {
        const window = windowMissed(lot, grade, entry, parameters, facts);
        if (window === null || isLeftover(grade, entry, facts) || isRecycled(lot, parameters, facts)) return [];
        if (maximumExceeded(grade, window.form, parameters) !== null) return [];
        return [
          {
            severity: parameters.gradeUnusual.severity,
            cause: `${lot}:${grade.analyte}`,
            lots: [lot],
            measured: gradeText(grade),
            threshold: `${window.from}–${window.to} % ${grade.analyte}`,
            detail: `${entry.event.iss} states ${gradeText(grade)}, which is not what ${window.mineral} ${window.form} is traded at. Likeliest: a figure was mistyped, or the goods are of another stage; at worst they are not what they are called. A second assay settles it.`,
          },
        ];
      }),
    ),
  ),
};
