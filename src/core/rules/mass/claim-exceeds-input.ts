import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { kilograms } from '../../custody/quantity.js';
import { judgesEach } from '../engine/each-event.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import { type Transformation, knownBefore, measuresOfOutputs } from '../engine/known-of-lots.js';
import { type LotMeasure, remeasured } from '../engine/lot-history.js';
import { type Bound, type Moistures, type moistureSchema, metalIn, sum, totalDryMass } from './mass-balance.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  claimExceedsInput: z.strictObject({
    severity: parameter.severity.default('critical'),
    tolerance: parameter.partsPerMillion
      .default(5_000)
      .describe('Share by which a claim may exceed the inputs, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof moistureSchema>;

const MILLION = 1_000_000n;

type Mix = JudgedOf<Transformation>;

interface Qualifying {
  in: bigint;
  out: bigint;
  by: string;
}

/** Compares metal if all grades are known, else dry mass, else wet mass: one basis for inputs and outputs. */
function compare(inputs: readonly LotMeasure[], outputs: readonly LotMeasure[], moistures: Moistures): Qualifying {
  const [first] = outputs;
  for (const { analyte } of first?.grades ?? []) {
    const all = [...inputs, ...outputs];
    if (!all.every(({ grades }) => grades.some((grade) => grade.analyte === analyte))) continue;
    const total = (measures: readonly LotMeasure[], bound: Bound): bigint =>
      sum(measures.map((measure) => metalIn(measure, analyte, bound, moistures) ?? 0n));
    return { in: total(inputs, 'most'), out: total(outputs, 'least'), by: analyte };
  }
  const [dryIn, dryOut] = [totalDryMass(inputs), totalDryMass(outputs)];
  if (dryIn !== null && dryOut !== null) return { in: dryIn, out: dryOut, by: 'dry mass' };
  return { in: sum(inputs.map(({ mass }) => mass)), out: sum(outputs.map(({ mass }) => mass)), by: 'mass' };
}

/** Compares inputs and outputs with a claim; null unless some inputs have one and others not, and an output has one. */
function qualifying(entry: Mix, facts: Facts, moistures: Moistures): Qualifying | null {
  const { inputs, outputs } = entry.event.payload;
  const bears = (lot: string): boolean => (facts.lots.get(lot)?.model ?? null) !== null;
  const claimed = inputs.filter(({ lot }) => bears(lot));
  if (!outputs.some(({ lot }) => bears(lot)) || claimed.length === 0 || claimed.length === inputs.length) return null;
  return compare(
    claimed.flatMap(({ lot, mass }) => remeasured(knownBefore(lot, entry.index, facts), { mass }) ?? []),
    measuresOfOutputs(entry, facts).filter((_, i) => bears(outputs[i]?.lot ?? '')),
    moistures,
  );
}

export const claimExceedsInput: Rule<typeof schema, Parameters> = {
  id: 'claim-exceeds-input',
  version: 2,
  group: 'mass',
  title: 'More is sold with a claim than came in with one',
  means:
    'Lots that bear a chain-of-custody model were made with lots that bear none, and more comes out with the model than went in with it.',
  doesNotMean: 'That the goods are bad: the books of the facility may hold credits that were never entered here.',
  causes: {
    innocent: 'credits that were never entered here',
    bad: 'ordinary goods are sold with a claim',
  },
  advice:
    'Ask the facility for its mass balance book: which credits were brought forward, and from which lots. A wrong mass is corrected by `event.corrected`, which closes it; credits that were never entered here are shown to an auditor and explained by `finding.answered`.',
  parameters: schema,
  describe: ({ claimExceedsInput: { severity, tolerance } }) =>
    `Contained metal (else dry, else wet mass) of the outputs with a model above that of the inputs with one by more than ${tolerance / 1e4} %, where some input has none: ${severity}.`,
  standard: 'ISO 22095 (mass balance model)',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  ...judgesEach(
    ['lot.aggregated', 'lot.split', 'lot.processed'],
    (entry, facts, { claimExceedsInput: parameters, moistureAtMost }) => {
      const found = qualifying(entry, facts, moistureAtMost);
      if (found === null) return [];
      if (found.out * MILLION <= found.in * (MILLION + BigInt(parameters.tolerance))) return [];
      return [
        {
          severity: parameters.severity,
          lots: entry.event.payload.outputs.map(({ lot }) => lot),
          measured: `${kilograms(found.out).value} KGM ${found.by}`,
          threshold: `${kilograms(found.in).value} KGM ${found.by}`,
          detail: `${kilograms(found.out).value} kg (${found.by}) bear a claim, of ${kilograms(found.in).value} kg that came in with one.`,
        },
      ];
    },
  ),
};
