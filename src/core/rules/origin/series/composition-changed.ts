import * as z from 'zod';
import { byHistory } from '../../engine/evidence.js';
import { percent } from '../../../custody/lot-state.js';
import { countOf } from '../../../words.js';
import { type Facts, SERIES_LENGTH, type SeriesItem, lotsOf } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { type Run, findRuns, meanRunLength } from '../../engine/series/running-sum.js';
import { entriesBehind, seriesOfKind } from '../../engine/series/series.js';
import { siteSubject } from '../../engine/subjects.js';
import { COMPOSITION } from './composition-series.js';

const schema = {
  compositionChanged: z.strictObject({
    severity: parameter.severity.default('medium'),
    profile: z
      .int()
      .min(5)
      .default(20)
      .describe('Number of lots, the first of the series, that make the profile of a site'),
    least: parameter.partsPerMillion
      .default(50_000)
      .describe('Standard deviation of a site’s lots at least, parts per million of the grade'),
    allowed: z.number().min(0).default(1.5).describe('Deviation of one lot that is allowed, in standard deviations'),
    limit: z.number().min(1).default(9).describe('Sum of what exceeds it'),
    most: z.number().min(1).default(4.5).describe('Deviation of one lot that counts at most'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000;
/** Median absolute deviation of normal figures, as the inverse of its share of their standard deviation. */
const NORMAL = 1.4826;

interface Series {
  subject: string;
  site: string;
  mineral: string;
  analyte: string;
  by: string;
  items: readonly SeriesItem[];
}

const seriesToJudge = (facts: Facts): Series[] =>
  seriesOfKind(facts, COMPOSITION).map(({ names: [site = '', mineral = '', analyte = '', by = ''], ...series }) => ({
    ...series,
    site,
    mineral,
    analyte,
    by,
  }));

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

interface Profile {
  middle: number;
  deviation: number;
}

/** Returns the profile of the first lots of a series; null: there are too few. */
function profileOf({ items }: Series, { compositionChanged: { profile, least } }: Parameters): Profile | null {
  if (items.length <= profile) return null;
  const first = items.slice(0, profile).map(({ amount }) => Number(amount));
  const middle = median(first);
  const spread = NORMAL * median(first.map((value) => Math.abs(value - middle)));
  return { middle, deviation: Math.max(spread, (middle * least) / MILLION) };
}

const gradeText = (value: number): string => `${percent(Math.round(value))} %`;
const dayOf = ({ at }: SeriesItem): string => new Date(at).toISOString().slice(0, 10);

function observe(
  series: Series,
  profile: Profile,
  run: Run,
  facts: Facts,
  severity: Observation['severity'],
): Observation {
  const { subject, site, mineral, analyte, by, items } = series;
  const found = items.slice(run.from, run.to + 1);
  const entries = entriesBehind(subject, found, facts);
  const first = found[0] as SeriesItem;
  const now = median(found.map(({ amount }) => Number(amount)));
  return {
    severity,
    subject,
    cause: run.side,
    root: siteSubject(site),
    lots: [...new Set(entries.flatMap(lotsOf))],
    events: entries.map(({ event }) => event.id),
    measured: `${gradeText(now)} ${analyte} in ${countOf(found.length, 'lot')}`,
    threshold: `${gradeText(profile.middle)} ± ${gradeText(profile.deviation)}`,
    detail: `${countOf(found.length, 'lot')} of ${mineral} of site ${site} since ${dayOf(first)} have ${gradeText(now)} ${analyte} (${by}) in the middle; the lots of the site before had ${gradeText(profile.middle)}, with a standard deviation of ${gradeText(profile.deviation)}. Likeliest: another vein or another way to wash; at worst ore of another site goes under this name. A sample from the face, taken by an inspector, settles it.`,
    firstIndex: first.index,
  };
}

function evaluate(facts: Facts, parameters: Parameters): Observation[] {
  const { severity, allowed, limit, most } = parameters.compositionChanged;
  return seriesToJudge(facts).flatMap((series) => {
    const profile = profileOf(series, parameters);
    if (profile === null || profile.middle <= 0) return [];
    const deviations = series.items.map(({ amount }) => (Number(amount) - profile.middle) / profile.deviation);
    const limits = { allowed, limit, most };
    return findRuns(deviations, { above: limits, below: limits }).map((run) =>
      observe(series, profile, run, facts, severity),
    );
  });
}

/** Returns a round number of lots in which chance raises it less than once. */
function falseAlarms({ compositionChanged: { allowed, limit } }: Parameters): string {
  // The profile of twenty lots errs by a quarter of a standard deviation, and by a fifth in its size.
  const length = meanRunLength({ allowed, limit }, { mean: 0.25, deviation: 1.2 });
  return (10 ** Math.min(6, Math.floor(Math.log10(length)))).toLocaleString('en');
}

export const compositionChanged: Rule<typeof schema> = {
  id: 'composition-changed',
  version: 1,
  group: 'origin',
  title: 'The ore of a site is not what it was',
  means:
    'Lot after lot of a site has another grade of an element than the site’s lots had before: it may be the ore of another place.',
  doesNotMean:
    'That the ore is foreign: veins differ, and so do ways of washing. Sites of which few lots were assayed are not judged.',
  causes: {
    innocent: 'another vein, or another way of washing',
    bad: 'the ore is of another place',
  },
  advice:
    'Ask the operator which face was worked, and the authority for a sample from it; a mineralogical fingerprint settles it. Wrong grades are corrected by `event.corrected`; another vein is explained by `finding.answered`.',
  parameters: schema,
  describe: (parameters) => {
    const { severity, profile, least, allowed, limit, most } = parameters.compositionChanged;
    return `The median and the standard deviation (by the median deviation; at least ${least / 1e4} % of the grade) of the first ${profile} of the newest ${SERIES_LENGTH} dry grades of one analyte in lots of a site, as declared or as assayed, are its profile. A running sum of deviations from it, of each what exceeds ${allowed} standard deviations, ${most} at most, goes above ${limit}: ${severity}. Honest lots raise it by chance less than once in ${falseAlarms(parameters)}.`;
  },
  standard: 'BGR Analytical Fingerprint; Page (1954), continuous inspection schemes',
  evidence: byHistory,
  scope: ['chains', 'about', 'series'],
  needs: 'whole',
  subjects: (facts) => seriesToJudge(facts).map(({ subject }) => subject),
  evaluate,
};
