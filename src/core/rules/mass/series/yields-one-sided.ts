import * as z from 'zod';
import { byRunningSum } from '../../engine/evidence.js';
import { countOf, massText } from '../../../words.js';
import { type Facts, SERIES_LENGTH, type SeriesItem, lotsOf } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { type Run, type RunningSumLimits, findRuns, meanRunLength } from '../../engine/series/running-sum.js';
import { entriesBehind, seriesOfKind } from '../../engine/series/series.js';
import { sum } from '../mass-balance.js';
import { YIELDS } from '../recoveries.js';
import { type yieldImplausible, windowOf } from '../yield-implausible.js';

const schema = {
  yieldsOneSided: z.strictObject({
    severity: parameter.severity.default('medium'),
    severityAlike: parameter.severity.default('low').describe('If the yields are only too much alike'),
    edge: parameter.partsPerMillion
      .max(500_000)
      .default(150_000)
      .describe('Part of the window of `yield-implausible` at each end that counts as near its end, parts per million'),
    limit: parameter.partsPerMillion
      .default(300_000)
      .describe(
        'Sum of what is beyond that, parts per million of the width of the window; one batch makes half of it at most',
      ),
    alike: z.int().min(3).default(6).describe('Batches one after the other that are too much alike'),
    within: parameter.partsPerMillion.default(1_000).describe('Difference of their yields at most, parts per million'),
    widest: parameter.partsPerMillion
      .default(30_000)
      .describe('Width of a window up to which yields may be alike, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof yieldImplausible.parameters>;
type OwnParameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000;
/** Part of the limit that one batch makes at most. */
const MOST_OF_LIMIT = 0.45;

interface Series {
  subject: string;
  operator: string;
  process: string;
  mineral: string;
  analyte: string;
  items: readonly SeriesItem[];
  window: { from: number; to: number };
}

const seriesToJudge = (facts: Facts, parameters: Parameters): Series[] =>
  seriesOfKind(facts, YIELDS).flatMap(({ subject, names, items }) => {
    const [operator = '', process = '', mineral = '', form = '', analyte = ''] = names;
    const window = windowOf(process, { mineral, form }, parameters);
    return window === null ? [] : [{ subject, operator, process, mineral, analyte, items, window }];
  });

/** Returns the recovered share, parts per million. */
const shareOf = ({ amount, whole }: SeriesItem): number =>
  whole === null || whole === 0n ? MILLION : MILLION + Number((amount * BigInt(MILLION)) / whole);

/** Returns the limits of the deviation from the middle of a window. */
function limitsOf({ from, to }: Series['window'], { yieldsOneSided }: OwnParameters): RunningSumLimits {
  const width = to - from;
  const allowed = width * (0.5 - yieldsOneSided.edge / MILLION);
  const limit = (width * yieldsOneSided.limit) / MILLION;
  return { allowed, limit, most: allowed + limit * MOST_OF_LIMIT };
}

/** Returns the longest row of yields that differ by less than assays do, if it is long enough. */
function alikeIn({ items, window }: Series, { yieldsOneSided }: OwnParameters): Omit<Run, 'side'> | null {
  if (window.to - window.from <= yieldsOneSided.widest) return null;
  const shares = items.map(shareOf);
  let best: Omit<Run, 'side'> | null = null;
  let from = 0;
  for (let to = 0; to < shares.length; to += 1) {
    while (spread(shares.slice(from, to + 1)) > yieldsOneSided.within) from += 1;
    if (to - from + 1 >= yieldsOneSided.alike && (best === null || to - from > best.to - best.from))
      best = { from, to };
  }
  return best;
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const percent = (share: number): string => `${(share / 1e4).toFixed(1)} %`;
const dayOf = ({ at }: SeriesItem): string => new Date(at).toISOString().slice(0, 10);
const mean = (values: readonly number[]): number => sumOf(values) / Math.max(1, values.length);
const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const likely = {
  above:
    'Most likely the feed is assayed too low, or residues of earlier batches go in unwritten; at worst a little metal of unknown origin is added to every batch.',
  below:
    'Most likely the ore is hard to treat, or residues are not written down; at worst a part of every batch is kept back.',
  alike: 'Most likely the output was computed from the input and not weighed and assayed.',
} as const;

function observe(
  { subject, operator, process, mineral, analyte, items, window }: Series,
  { from, to }: Omit<Run, 'side'>,
  cause: keyof typeof likely,
  facts: Facts,
): Omit<Observation, 'severity'> {
  const found = items.slice(from, to + 1);
  const entries = entriesBehind(subject, found, facts);
  const shares = found.map(shareOf);
  const first = found[0] as SeriesItem;
  const middle = (window.from + window.to) / 2;
  const fed = sum(found.map(({ whole }) => whole ?? 0n));
  const difference = BigInt(Math.round((Math.abs(mean(shares) - middle) * Number(fed)) / MILLION));
  const amount =
    cause === 'alike'
      ? ''
      : `, ${massText(difference, mineral)} of ${analyte} ${cause === 'above' ? 'more' : 'less'} than the middle of that`;
  return {
    subject,
    cause,
    lots: [...new Set(entries.flatMap(lotsOf))],
    events: entries.map(({ event }) => event.id),
    measured: `${percent(mean(shares))} in ${countOf(found.length, 'batch', 'batches')}`,
    threshold: `${percent(window.from)} to ${percent(window.to)}`,
    detail: `${operator} recovered ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))} of the ${analyte} by ${process} in ${countOf(found.length, 'batch', 'batches')} of ${mineral} one after the other, since ${dayOf(first)}; ${percent(window.from)} to ${percent(window.to)} is known of it${amount}. ${likely[cause]} Samples of feed and product that another laboratory assays settle it.`,
    firstIndex: first.index,
  };
}

function evaluate(facts: Facts, parameters: Parameters): Observation[] {
  const { severity, severityAlike } = parameters.yieldsOneSided;
  return seriesToJudge(facts, parameters).flatMap((series) => {
    const { from, to } = series.window;
    const limits = limitsOf(series.window, parameters);
    const deviations = series.items.map((item) => shareOf(item) - (from + to) / 2);
    const runs = findRuns(deviations, { below: limits, above: limits });
    const alike = runs.length === 0 ? alikeIn(series, parameters) : null;
    return [
      ...runs.map((run) => ({ severity, ...observe(series, run, run.side, facts) })),
      ...(alike === null ? [] : [{ severity: severityAlike, ...observe(series, alike, 'alike', facts) }]),
    ];
  });
}

/** Honest yields for which the rate of false alarms is stated: in the middle half of a window, with this deviation. */
const HONEST = { deviation: 0.1, mean: 0.25 };

/** Returns a round number of honest batches in which chance raises it less than once. */
function falseAlarms(parameters: OwnParameters): string {
  const limits = limitsOf({ from: 0, to: 1 }, parameters);
  return (10 ** Math.min(6, Math.floor(Math.log10(meanRunLength(limits, HONEST))))).toLocaleString('en');
}

export const yieldsOneSided: Rule<typeof schema, Parameters> = {
  id: 'yields-one-sided',
  version: 1,
  group: 'mass',
  title: 'Batch after batch recovers much, or little',
  means:
    'A plant recovers at one end of what its process can, or beyond, again and again, though each batch by itself may be so; or its yields are more alike than assays are.',
  doesNotMean:
    'That metal was added or kept back: a laboratory that is out of true does the same, and so does an ore that is easy or hard to treat. Batches whose moistures are not stated are not counted.',
  causes: {
    innocent: 'a laboratory out of true, or an ore that is easy to treat',
    bad: 'metal is added to, or kept back from, each batch',
  },
  advice:
    'Ask the plant for the batch sheets, and have feed, product and residues of one batch sampled and assayed by another laboratory. Wrong masses and grades are corrected by `event.corrected`, which closes it where enough are mended; an ore or a plant that really yields so is explained by `finding.answered`.',
  parameters: schema,
  describe: (parameters) => {
    const { severity, severityAlike, edge, limit, alike, within, widest } = parameters.yieldsOneSided;
    return `A running sum of how far the yields of one operator by one process, of one mineral and form, lie in the outer ${edge / 1e4} % of the window of \`yield-implausible\`, or beyond it, over the newest ${SERIES_LENGTH} batches: ${severity} where it exceeds ${limit / 1e4} % of the width of the window, so in three batches at least. ${alike} batches one after the other within ${within / 1e4} %, where the window is wider than ${widest / 1e4} %: ${severityAlike}. Honest yields that are ${HONEST.mean * 100} % of the width from the middle on average, with a standard deviation of ${HONEST.deviation * 100} % of it, raise it by chance less than once in ${falseAlarms(parameters)} batches.`;
  },
  standard: 'Page (1954), continuous inspection schemes; metallurgical accounting (AMIRA P754)',
  evidence: byRunningSum,
  scope: ['chains', 'about', 'series'],
  needs: 'whole',
  subjects: (facts, parameters) => seriesToJudge(facts, parameters).map(({ subject }) => subject),
  evaluate,
};
