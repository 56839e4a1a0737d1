import * as z from 'zod';
import { byMassBalance } from '../engine/evidence.js';
import { kilograms } from '../../custody/quantity.js';
import type { JudgedEvent } from '../engine/facts.js';
import {
  type Gain,
  betweenMoistures,
  gold,
  halfAndOne,
  lossOf,
  massDetail,
  smallest,
  tolerancesText,
  withoutRepeats,
} from './mass-balance.js';
import { type Comparison, type MassComparisons, massComparisons, weighingsToJudge } from './mass-comparisons.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';
import type { massGained } from './mass-gained.js';

const schema = {
  massLost: z.strictObject({
    reweighed: parameter.tolerances.default(halfAndOne).describe('Two weighings in one place, parts per million'),
    handedOver: parameter.tolerances
      .default({ default: { ok: 25_000, warn: 50_000 }, byMineral: { gold } })
      .describe('Dispatch to receipt, parts per million'),
    imported: parameter.tolerances.default(halfAndOne).describe('Export to import, parts per million'),
    dried: parameter.tolerances
      .default(betweenMoistures)
      .describe('Dry mass of one lot where another moisture is stated, parts per million'),
    closure: parameter.tolerances
      .default(halfAndOne)
      .describe('Inputs to outputs of `lot.aggregated` and `lot.split`, parts per million'),
    severityWarn: parameter.severity.default('medium'),
    severity: parameter.severity.default('high'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof massGained.parameters>;

const MILLION = 1_000_000n;

/** Returns the tolerance of losses; null for a process, whose yield another rule judges. */
function toleranceOf({ kind, mineral }: Comparison, { massLost }: Parameters): parameter.Tolerance | null {
  return kind === 'processed' || kind === 'metal' ? null : parameter.toleranceFor(massLost[kind], mineral);
}

function observe(entry: JudgedEvent, comparisons: MassComparisons, parameters: Parameters): Observation[] {
  const { massLost } = parameters;
  const found = comparisons.of(entry).flatMap((comparison) => {
    const tolerance = toleranceOf(comparison, parameters);
    const loss: Gain | null =
      tolerance === null ? null : smallest(comparison.pairs.map((pair) => lossOf(pair.in, pair.out, tolerance)));
    if (tolerance === null || loss === null || loss.band === 'ok') return [];
    const measured = `${kilograms(loss.out).value} KGM`;
    const threshold = `${kilograms((loss.in * (MILLION - BigInt(tolerance.ok))) / MILLION).value} KGM`;
    return [
      {
        severity: loss.band === 'warn' ? massLost.severityWarn : massLost.severity,
        subject: entry.event.id,
        cause: comparison.cause,
        lots: comparison.lots,
        events: [entry.event.id],
        measured,
        threshold,
        detail: massDetail(loss, comparison, { before: 'at least', threshold, after: 'should be' }),
        firstIndex: entry.index,
      },
    ];
  });
  return withoutRepeats(found);
}

export const massLost: Rule<typeof schema, Parameters> = {
  id: 'mass-lost',
  version: 4,
  group: 'mass',
  title: 'Less arrived than was sent',
  means: 'A lot lost more than scales, drying and spilling explain, by the scale and, if moisture is stated, also dry.',
  doesNotMean:
    'That it was stolen: wet ore dries, and a bag tears. Moisture stated by both sides settles the question. Residues of a process are not judged.',
  causes: {
    innocent: 'wet ore that dried, or a torn bag',
    bad: 'a part of the goods was taken out',
  },
  advice:
    'Ask the receiver for moisture and the carrier for stops and broken bags, and compare both weighing slips. It closes when a wrong mass is corrected by `event.corrected`, or when the receiver logs the moisture by `lot.measured` right after its receipt; goods that are missing are reported as an incident.',
  parameters: schema,
  describe: ({ massLost: { reweighed, handedOver, imported, dried, closure, severityWarn, severity } }) =>
    `Loss up to the first figure is measurement error, up to the second ${severityWarn}, above it ${severity}: ` +
    [
      tolerancesText('weighed again', reweighed),
      tolerancesText('dispatch to receipt', handedOver),
      tolerancesText('export to import', imported),
      tolerancesText('dry mass by another moisture', dried),
      tolerancesText('aggregate or split', closure),
    ].join(' · ') +
    '. A lot that is weighed again with its moisture is also compared with what was sent at an earlier receipt whose difference a moisture had explained.',
  standard: 'OECD Due Diligence Guidance, Annex II red flags; ITSCI mass balance',
  evidence: byMassBalance,
  scope: ['chains', 'about'],
  subjects: (facts) => weighingsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => {
    const comparisons = massComparisons(facts, parameters);
    return weighingsToJudge(facts).flatMap((entry) => observe(entry, comparisons, parameters));
  },
};
