import * as z from 'zod';
import { byMassBalance } from '../engine/evidence.js';
import type { JudgedEvent } from '../engine/facts.js';
import {
  betweenMoistures,
  gainOf,
  gold,
  halfAndOne,
  massDetail,
  massTexts,
  moistureSchema,
  smallest,
  tolerancesText,
  withoutRepeats,
} from './mass-balance.js';
import { type MassComparisons, massComparisons, weighingsToJudge } from './mass-comparisons.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  ...moistureSchema,
  massGained: z.strictObject({
    reweighed: parameter.tolerances.default(halfAndOne).describe('Two weighings in one place, parts per million'),
    handedOver: parameter.tolerances
      .default({ ...halfAndOne, byMineral: { gold } })
      .describe('Dispatch to receipt, parts per million'),
    imported: parameter.tolerances.default(halfAndOne).describe('Export to import, parts per million'),
    dried: parameter.tolerances
      .default(betweenMoistures)
      .describe('Dry mass of one lot where another moisture is stated, parts per million'),
    closure: parameter.tolerances
      .default(halfAndOne)
      .describe('Inputs to outputs of `lot.aggregated` and `lot.split`, parts per million'),
    processed: parameter.tolerances.default(halfAndOne).describe('Dry mass through `lot.processed`, parts per million'),
    metal: parameter.tolerances
      .default({ default: { ok: 10_000, warn: 20_000 }, byMineral: { gold: halfAndOne.default } })
      .describe('Contained metal through `lot.processed`, parts per million; two assays are involved'),
    addsMatter: parameter.codes
      .default(['leach', 'smelt', 'refine', 'melt', 'cast'])
      .describe('Processes that add material (reagents, flux): their residues do not count as mass from the inputs'),
    addsWater: parameter.codes
      .default(['wash', 'leach'])
      .describe('Processes that add water: wet masses are not compared'),
    severityWarn: parameter.severity.default('medium'),
    severityDried: parameter.severity.default('high').describe('If only the stated moistures show the gain'),
    severity: parameter.severity.default('critical'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

function observe(entry: JudgedEvent, comparisons: MassComparisons, { massGained }: Parameters): Observation[] {
  const { severityWarn, severityDried, severity } = massGained;
  const found = comparisons.of(entry).flatMap((comparison) => {
    const { kind, cause, lots, mineral, pairs } = comparison;
    const tolerance = parameter.toleranceFor(massGained[kind], mineral);
    const gain = smallest(pairs.map((pair) => gainOf(pair.in, pair.out, tolerance)));
    if (gain === null || gain.band === 'ok') return [];
    const { measured, threshold } = massTexts(gain, tolerance);
    return [
      {
        severity: gain.band === 'warn' ? severityWarn : kind === 'dried' ? severityDried : severity,
        subject: entry.event.id,
        cause,
        lots,
        events: [entry.event.id],
        measured,
        threshold,
        detail: massDetail(gain, comparison, { before: 'at most', threshold, after: 'can be' }),
        firstIndex: entry.index,
      },
    ];
  });
  return withoutRepeats(found);
}

export const massGained: Rule<typeof schema> = {
  id: 'mass-gained',
  version: 4,
  group: 'mass',
  title: 'More came out than went in',
  means: 'Dry mass or contained metal grew in an event or a handover, by more than scales and assays can err.',
  doesNotMean:
    'That ore was added: a wrong unit, a misread scale or two lots mixed up look the same. Rain makes no finding if moisture is stated.',
  causes: {
    innocent: 'a misread scale, a wrong unit or rain',
    bad: 'ore of unknown origin was added',
  },
  advice:
    'Ask for the weighing slips and moistures of both sides, and have the lot weighed again on a calibrated scale. It closes when a wrong mass, moisture or grade is corrected by `event.corrected`, or when the receiver logs the moisture by `lot.measured` right after its receipt; treat a gain that stays as mineral of unknown origin.',
  parameters: schema,
  describe: ({
    massGained: {
      reweighed,
      handedOver,
      imported,
      dried,
      closure,
      processed,
      metal,
      severityWarn,
      severityDried,
      severity,
    },
  }) =>
    `Gain up to the first figure is measurement error, up to the second ${severityWarn}, above it ${severity}, or ${severityDried} if only a new moisture shows it: ` +
    [
      tolerancesText('weighed again', reweighed),
      tolerancesText('dispatch to receipt', handedOver),
      tolerancesText('export to import', imported),
      tolerancesText('dry mass by another moisture', dried),
      tolerancesText('aggregate or split', closure),
      tolerancesText('dry mass through a process', processed),
      tolerancesText('contained metal through a process', metal),
    ].join(' · ') +
    '. Where a moisture is not known, the bound that favours the holder is taken. A lot that is weighed again with its moisture is also compared with what was sent at an earlier receipt whose difference a moisture had explained.',
  standard: 'OECD Due Diligence Guidance, Annex II red flags; ITSCI mass balance',
  evidence: byMassBalance,
  scope: ['chains', 'about'],
  subjects: (facts) => weighingsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => {
    const comparisons = massComparisons(facts, parameters);
    return weighingsToJudge(facts).flatMap((entry) => observe(entry, comparisons, parameters));
  },
};
