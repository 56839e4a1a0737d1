import { kilograms } from '../../custody/quantity.js';
import type { JudgedEvent } from '../engine/facts.js';
import { type Gain, lossOf, massDetail, smallest, tolerancesText } from './mass-balance.js';
import { type Comparison, MassComparisons, weighingsToJudge } from './mass-comparisons.js';
import { type Parameters, type Tolerance, toleranceFor } from '../engine/parameters.js';
import type { Observation, Rule } from '../engine/rule.js';

const MILLION = 1_000_000n;

/** Returns the tolerance of losses; null for a process, whose yield another rule judges. */
function toleranceOf({ kind, mineral }: Comparison, { massLost }: Parameters): Tolerance | null {
  return kind === 'processed' || kind === 'metal' ? null : toleranceFor(massLost[kind], mineral);
}

function observe(entry: JudgedEvent, comparisons: MassComparisons, parameters: Parameters): Observation[] {
  const { massLost } = parameters;
  return comparisons.of(entry).flatMap((comparison) => {
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
}

export const massLost: Rule = {
  id: 'mass-lost',
  version: 2,
  group: 'mass',
  title: 'Less arrived than was sent',
  means: 'A lot lost more than scales, drying and spilling explain, by the scale and, if moisture is stated, also dry.',
  doesNotMean:
    'That it was stolen: wet ore dries, and a bag tears. Moisture stated by both sides settles the question. Residues of a process are not judged.',
  describe: ({ massLost: { reweighed, handedOver, imported, closure, severityWarn, severity } }) =>
    `Loss up to the first figure is measurement error, up to the second ${severityWarn}, above it ${severity}: ` +
    [
      tolerancesText('weighed again', reweighed),
      tolerancesText('dispatch to receipt', handedOver),
      tolerancesText('export to import', imported),
      tolerancesText('aggregate or split', closure),
    ].join(' · ') +
    '.',
  standard: 'OECD Due Diligence Guidance, Annex II red flags; ITSCI mass balance',
  scope: ['chains', 'about'],
  subjects: (facts) => weighingsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => {
    const comparisons = new MassComparisons(facts, parameters);
    return weighingsToJudge(facts).flatMap((entry) => observe(entry, comparisons, parameters));
  },
};
