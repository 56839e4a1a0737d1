import * as z from 'zod';
import { byRunningSum } from '../../engine/evidence.js';
import { countOf, durationText } from '../../../words.js';
import { type Facts, SERIES_LENGTH, type SeriesItem, lotsOf } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { type Run, findRuns, meanRunLength } from '../../engine/series/running-sum.js';
import { entriesBehind, seriesOfKind } from '../../engine/series/series.js';
import { ASSAYS, DECLARED_GRADES } from './assay-series.js';

const limits = z.strictObject({
  allowed: parameter.partsPerMillion,
  limit: parameter.partsPerMillion,
  most: parameter.partsPerMillion,
});

const schema = {
  assaysOneSided: z.strictObject({
    severity: parameter.severity.default('medium'),
    // Two samples of one heap differ by 2 % of the grade, and two of one bar by 0.5 %.
    default: limits
      .default({ allowed: 15_000, limit: 120_000, most: 55_000 })
      .describe(
        'Parts per million of the grade: difference of one assay that is allowed, sum of what exceeds it, and difference of one assay that counts at most',
      ),
    byMineral: z
      .record(z.string(), limits)
      .default({ gold: { allowed: 4_000, limit: 30_000, most: 14_000 } })
      .describe('Other figures for some minerals'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Honest differences for which the rate of false alarms is stated: standard deviation, parts per million. */
const HONEST = { mean: 0, deviation: 20_000 };

interface Series {
  subject: string;
  kind: typeof ASSAYS | typeof DECLARED_GRADES;
  actor: string;
  mineral: string;
  analyte: string;
  items: readonly SeriesItem[];
}

const seriesToJudge = (facts: Facts): Series[] =>
  ([ASSAYS, DECLARED_GRADES] as const).flatMap((kind) =>
    seriesOfKind(facts, kind).map(({ names: [actor = '', mineral = '', analyte = ''], ...series }) => ({
      ...series,
      kind,
      actor,
      mineral,
      analyte,
    })),
  );

const relative = ({ amount, whole }: SeriesItem): number =>
  whole === null || whole === 0n ? 0 : Number((amount * 1_000_000n) / whole);

const percent = (share: number): string => `${(Math.abs(share) / 1e4).toFixed(2)} %`;
const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);

function observe(series: Series, run: Run, facts: Facts): Omit<Observation, 'severity' | 'threshold'> {
  const { subject, kind, actor, mineral, analyte, items } = series;
  const found = items.slice(run.from, run.to + 1);
  const entries = entriesBehind(subject, found, facts);
  const [first, last] = [found[0] as SeriesItem, found.at(-1) as SeriesItem];
  const isMore = run.side === 'above';
  const average = percent(mean(found.map(relative)));
  const sameSide = found.filter(({ amount }) => amount > 0n === isMore && amount !== 0n).length;
  const what =
    kind === ASSAYS
      ? `Assays of laboratory ${actor} find ${isMore ? 'more' : 'less'} ${analyte} in ${mineral} than other laboratories`
      : `Laboratories find ${isMore ? 'more' : 'less'} ${analyte} in ${mineral} than ${actor} declares`;
  const likely =
    kind === ASSAYS
      ? 'Likeliest: the instrument is out of true, or samples are taken from one side of the bag; at worst grades are moved in favour of one side.'
      : `Likeliest: the instrument of ${actor} is out of true; at worst ${isMore ? 'grades are declared too low, to pay less to diggers or the state' : 'grades are declared too high, so that mass of another origin fits in'}.`;
  return {
    subject,
    cause: isMore ? 'more' : 'less',
    lots: [...new Set(entries.flatMap(lotsOf))],
    events: entries.map(({ event }) => event.id),
    measured: `${average} in ${countOf(found.length, 'assay')}`,
    detail: `${what}: ${sameSide} of ${countOf(found.length, 'assay')}, ${average} of the grade on average, in ${durationText(last.at - first.at)}, since ${new Date(first.at).toISOString().slice(0, 10)}. ${likely} A third laboratory that assays some of the same samples settles it.`,
    firstIndex: first.index,
  };
}

function evaluate(facts: Facts, { assaysOneSided }: Parameters): Observation[] {
  return seriesToJudge(facts).flatMap((series) => {
    const own = assaysOneSided.byMineral[series.mineral] ?? assaysOneSided.default;
    return findRuns(series.items.map(relative), { above: own, below: own }).map((run) => ({
      severity: assaysOneSided.severity,
      threshold: `${percent(own.allowed)} an assay`,
      ...observe(series, run, facts),
    }));
  });
}

const sumText = ({ allowed, limit, most }: z.infer<typeof limits>): string =>
  `${allowed / 1e4} % of the grade an assay, a sum of ${limit / 1e4} %, of which one assay makes ${most / 1e4} % at most`;

export const assaysOneSided: Rule<typeof schema> = {
  id: 'assays-one-sided',
  version: 1,
  group: 'mass',
  title: 'Assay after assay is higher, or lower',
  means:
    'The assays of one laboratory differ from those of others to one side, again and again; or assays differ from what one actor declared, though each by itself is within what two samples differ.',
  doesNotMean: 'Which of the two is right, nor that anybody gains by it: an instrument out of true does the same.',
  causes: {
    innocent: 'an instrument out of true',
    bad: 'assays are bent in favour of one side',
  },
  advice:
    'Have samples that both kept assayed by a third laboratory, and ask for the calibration of both instruments. Wrong grades are corrected by `event.corrected`, which closes it where enough are mended; an instrument that was set right is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ assaysOneSided: { severity, default: usual, byMineral } }) =>
    `A running sum of the relative differences between the grades of \`assay.certified\` and those known of the lots before, over the newest ${SERIES_LENGTH} assays of one analyte: by one laboratory of lots that another had assayed, and of lots that one actor declared: ${severity} where what exceeds the allowance sums up to more than the limit. ${sumText(usual)}${Object.entries(
      byMineral,
    )
      .map(([mineral, own]) => `; ${mineral}: ${sumText(own)}`)
      .join(
        '',
      )}. Honest differences with a standard deviation of ${HONEST.deviation / 1e4} % raise it by chance less than once in ${falseAlarms(usual)} assays.`,
  standard: 'Page (1954), continuous inspection schemes; ISO/IEC 17025 (comparisons between laboratories)',
  evidence: byRunningSum,
  scope: ['chains', 'about', 'series'],
  needs: 'whole',
  subjects: (facts) => seriesToJudge(facts).map(({ subject }) => subject),
  evaluate,
};

/** Returns a round number of honest assays in which chance raises it less than once. */
function falseAlarms(usual: z.infer<typeof limits>): string {
  return (10 ** Math.min(6, Math.floor(Math.log10(meanRunLength(usual, HONEST))))).toLocaleString('en');
}
