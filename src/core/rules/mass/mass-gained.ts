import type { JudgedEvent } from '../engine/facts.js';
import { gainOf, massDetail, massTexts, smallest, tolerancesText } from './mass-balance.js';
import { MassComparisons, weighingsToJudge } from './mass-comparisons.js';
import { type Parameters, toleranceFor } from '../engine/parameters.js';
import type { Observation, Rule } from '../engine/rule.js';

function observe(entry: JudgedEvent, comparisons: MassComparisons, { massGained }: Parameters): Observation[] {
  return comparisons.of(entry).flatMap(({ kind, cause, lots, mineral, pairs, what }) => {
    const tolerance = toleranceFor(massGained[kind], mineral);
    const gain = smallest(pairs.map((pair) => gainOf(pair.in, pair.out, tolerance)));
    if (gain === null || gain.band === 'ok') return [];
    const { measured, threshold } = massTexts(gain, tolerance);
    return [
      {
        severity: gain.band === 'warn' ? massGained.severityWarn : massGained.severity,
        subject: entry.event.id,
        cause,
        lots,
        events: [entry.event.id],
        measured,
        threshold,
        detail: massDetail(gain, { what, mineral, kind }, { before: 'at most', threshold, after: 'can be' }),
        firstIndex: entry.index,
      },
    ];
  });
}

export const massGained: Rule = {
  id: 'mass-gained',
  version: 2,
  group: 'mass',
  title: 'More came out than went in',
  means: 'Dry mass or contained metal grew in an event or a handover, by more than scales and assays can err.',
  doesNotMean:
    'That ore was added: a wrong unit, a misread scale or two lots mixed up look the same. Rain makes no finding if moisture is stated.',
  describe: ({ massGained: { reweighed, handedOver, imported, closure, processed, metal, severityWarn, severity } }) =>
    `Gain up to the first figure is measurement error, up to the second ${severityWarn}, above it ${severity}: ` +
    [
      tolerancesText('weighed again', reweighed),
      tolerancesText('dispatch to receipt', handedOver),
      tolerancesText('export to import', imported),
      tolerancesText('aggregate or split', closure),
      tolerancesText('dry mass through a process', processed),
      tolerancesText('contained metal through a process', metal),
    ].join(' · ') +
    '. Where a moisture is not known, the bound that favours the holder is taken.',
  standard: 'OECD Due Diligence Guidance, Annex II red flags; ITSCI mass balance',
  scope: ['chains', 'about'],
  subjects: (facts) => weighingsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => {
    const comparisons = new MassComparisons(facts, parameters);
    return weighingsToJudge(facts).flatMap((entry) => observe(entry, comparisons, parameters));
  },
};
