import * as z from 'zod';
import { gradeInPartsPerMillion } from '../../custody/quantity.js';
import { judgesEach } from '../engine/each-event.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import { knownBefore, measuresOfOutputs } from '../engine/known-of-lots.js';
import { type LotMeasure, remeasured } from '../engine/lot-history.js';
import { type Bound, type Moistures, type moistureSchema, metalIn, sum } from './mass-balance.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  yieldImplausible: z.strictObject({
    severity: parameter.severity.default('high'),
    windows: z
      .array(
        z.strictObject({
          process: parameter.codes,
          mineral: z.string().nullable(),
          inputForm: z.string().nullable(),
          from: parameter.partsPerMillion,
          to: parameter.partsPerMillion,
        }),
      )
      .default([
        { process: ['gravity', 'magnetic'], mineral: null, inputForm: null, from: 850_000, to: 990_000 },
        { process: ['wash'], mineral: null, inputForm: null, from: 300_000, to: 900_000 },
        { process: ['melt', 'cast', 'smelt'], mineral: 'gold', inputForm: 'dore', from: 980_000, to: 1_000_000 },
        { process: ['melt', 'cast', 'smelt'], mineral: 'gold', inputForm: null, from: 900_000, to: 1_000_000 },
        { process: ['smelt'], mineral: 'cassiterite', inputForm: null, from: 930_000, to: 995_000 },
        { process: ['leach'], mineral: 'cobalt', inputForm: 'ore', from: 650_000, to: 920_000 },
        { process: ['refine'], mineral: 'gold', inputForm: null, from: 995_000, to: 1_000_000 },
      ])
      .describe(
        'Recovered share of metal, parts per million, by process, mineral and form of all inputs (null: any); the first matching line counts',
      ),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof moistureSchema>;

const MILLION = 1_000_000n;

type Process = JudgedOf<'lot.processed'>;
type Window = Parameters['yieldImplausible']['windows'][number];

function windowOf(entry: Process, facts: Facts, { yieldImplausible }: Parameters): Window | null {
  const { process, inputs } = entry.event.payload;
  const fed = inputs.map(({ lot }) => facts.lots.get(lot));
  return (
    yieldImplausible.windows.find(
      (window) =>
        window.process.includes(process) &&
        (window.mineral === null || window.mineral === fed[0]?.mineral) &&
        (window.inputForm === null || fed.every((lot) => window.inputForm === lot?.form)),
    ) ?? null
  );
}

interface Recovery {
  analyte: string;
  /** Recovered shares, parts per million: at least and at most, by the known moistures. */
  least: bigint;
  most: bigint;
}

const gradeIn = ({ grades }: LotMeasure, analyte: string): bigint | null => {
  const grade = grades.find((candidate) => candidate.analyte === analyte);
  return grade === undefined ? null : gradeInPartsPerMillion(grade);
};

/** Lists outputs that are not poorer than the input: tailings and slag may be lots too, but are not recovered metal. */
function products(analyte: string, inputs: readonly LotMeasure[], outputs: readonly LotMeasure[]): LotMeasure[] {
  const fed = inputs.flatMap((input) => gradeIn(input, analyte) ?? []);
  return outputs.filter((output) => {
    const grade = gradeIn(output, analyte);
    return grade === null || fed.length === 0 || fed.some((other) => grade >= other);
  });
}

/** Computes the metal of the outputs over that of the inputs; null if a grade of either is unknown. */
function recoveryOf(
  analyte: string,
  inputs: readonly LotMeasure[],
  outputs: readonly LotMeasure[],
  moistures: Moistures,
): Recovery | null {
  const made = products(analyte, inputs, outputs);
  const graded = [...inputs, ...made].every(({ grades }) => grades.some((grade) => grade.analyte === analyte));
  if (!graded || made.length === 0) return null;
  const total = (measures: readonly LotMeasure[], bound: Bound): bigint =>
    sum(measures.map((measure) => metalIn(measure, analyte, bound, moistures) ?? 0n));
  const [leastIn, mostIn] = [total(inputs, 'least'), total(inputs, 'most')];
  if (mostIn === 0n) return null;
  const mostOut = total(made, 'most');
  return {
    analyte,
    least: (total(made, 'least') * MILLION) / mostIn,
    most: leastIn === 0n ? MILLION * 1_000n : (mostOut * MILLION) / leastIn,
  };
}

function recoveriesOf(entry: Process, facts: Facts, moistures: Moistures): Recovery[] {
  const inputs = entry.event.payload.inputs.flatMap(
    ({ lot, mass }) => remeasured(knownBefore(lot, entry.index, facts), { mass }) ?? [],
  );
  const outputs = measuresOfOutputs(entry, facts);
  if (inputs.length < entry.event.payload.inputs.length) return [];
  const analytes = new Set(outputs.flatMap(({ grades }) => grades.map(({ analyte }) => analyte)));
  return [...analytes].toSorted().flatMap((analyte) => recoveryOf(analyte, inputs, outputs, moistures) ?? []);
}

/** The analyte judged for each mineral; other elements follow other paths. */
const MAIN = new Set(['Sn', 'Ta2O5', 'WO3', 'Au', 'Co']);

const percent = (share: bigint): string => `${Number(share / 100n) / 100} %`;

export const yieldImplausible: Rule<typeof schema, Parameters> = {
  id: 'yield-implausible',
  version: 2,
  group: 'mass',
  title: 'A process recovers more or less than it can',
  means: 'The metal in the outputs over that in the inputs lies outside what the process is known to recover.',
  doesNotMean:
    'That metal was added or taken out: a wrong assay of the feed looks the same. More metal than went in is the matter of mass-gained.',
  advice:
    'Ask the plant for its batch sheet: feed, assays, residues. It closes when a wrong mass, grade or residue, or the name of the process, is corrected by `event.corrected`; a batch that really recovered so much or so little is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ yieldImplausible: { severity, windows } }) =>
    `Recovery outside ${windows
      .map(
        ({ process, mineral, inputForm, from, to }) =>
          `${from / 1e4}–${to / 1e4} % (${process.join(', ')}${mineral === null ? '' : ` of ${mineral}`}${inputForm === null ? '' : ` ${inputForm}`})`,
      )
      .join(', ')}: ${severity}.`,
  standard: 'Metallurgical accounting (AMIRA P754); RMI recovery factors',
  scope: ['chains', 'about'],
  ...judgesEach(['lot.processed'], (entry, facts, parameters: Parameters) => {
    const window = windowOf(entry, facts, parameters);
    if (window === null) return [];
    return recoveriesOf(entry, facts, parameters.moistureAtMost).flatMap(({ analyte, least, most }) => {
      if (!MAIN.has(analyte) || least > MILLION) return [];
      const [from, to] = [BigInt(window.from), BigInt(window.to)];
      if (most >= from && least <= to) return [];
      const measured = most < from ? most : least;
      return [
        {
          severity: parameters.yieldImplausible.severity,
          cause: analyte,
          measured: percent(measured),
          threshold: `${percent(from)} to ${percent(to)}`,
          detail: `${entry.event.iss} recovered ${percent(measured)} of the ${analyte} by ${entry.event.payload.process}.`,
        },
      ];
    });
  }),
};
