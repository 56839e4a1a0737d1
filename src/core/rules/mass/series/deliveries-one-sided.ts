import * as z from 'zod';
import { byRunningSum } from '../../engine/evidence.js';
import { countOf, durationText, massText } from '../../../words.js';
import { type Facts, type JudgedEvent, SERIES_LENGTH, type SeriesItem, lotsOf } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { type Run, findRuns, meanRunLength } from '../../engine/series/running-sum.js';
import { entriesBehind, seriesOfKind } from '../../engine/series/series.js';
import { DELIVERIES, RECEIPTS } from './handover-series.js';
import { sum } from '../mass-balance.js';

const limits = z.strictObject({
  allowed: parameter.partsPerMillion,
  limit: parameter.partsPerMillion,
  most: parameter.partsPerMillion,
});
const bothSides = z.strictObject({ less: limits, more: limits });
type Limits = z.infer<typeof limits>;

const schema = {
  deliveriesOneSided: z.strictObject({
    severity: parameter.severity.default('medium'),
    default: bothSides
      .default({
        // Ore that dries and spills loses up to 0.8 %; scales differ by up to 0.5 %.
        less: { allowed: 10_000, limit: 40_000, most: 25_000 },
        more: { allowed: 3_000, limit: 40_000, most: 10_000 },
      })
      .describe(
        'Parts per million: deviation of one delivery that is allowed, sum of what exceeds it, and deviation of one delivery that counts at most',
      ),
    byMineral: z
      .record(z.string(), bothSides)
      .default({
        gold: {
          less: { allowed: 500, limit: 2_000, most: 1_000 },
          more: { allowed: 500, limit: 2_000, most: 1_000 },
        },
      })
      .describe('Other figures for some minerals'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Honest deliveries: mean loss and standard deviation, parts per million, for which the rate of false alarms is stated. */
export const HONEST = { mean: 4_000, deviation: 5_000 };

const relative = ({ amount, whole }: SeriesItem): number =>
  whole === null || whole === 0n ? 0 : Number((amount * 1_000_000n) / whole);

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);

const dayOf = ({ at }: SeriesItem): string => new Date(at).toISOString().slice(0, 10);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const percent = (partsPerMillion: number): string => `${(Math.abs(partsPerMillion) / 1e4).toFixed(2)} %`;

/** Returns whether one sender made most of the deliveries: then the series of that pair shows it. */
function isOfOnePair(entries: readonly JudgedEvent[]): boolean {
  const counts = new Map<string, number>();
  for (const { event } of entries)
    if (event.type === 'custody.received') counts.set(event.payload.from, (counts.get(event.payload.from) ?? 0) + 1);
  return Math.max(0, ...counts.values()) * 2 > entries.length;
}

interface Series {
  subject: string;
  /** "from a to b", or "to b". */
  between: string;
  mineral: string;
  items: readonly SeriesItem[];
}

function observe(run: Run, { subject, between, mineral, items }: Series, facts: Facts): Omit<Observation, 'severity'> {
  const found = items.slice(run.from, run.to + 1);
  const entries = entriesBehind(subject, found, facts);
  const [first, last] = [found[0] as SeriesItem, found.at(-1) as SeriesItem];
  const less = run.side === 'below';
  const average = percent(mean(found.map(relative)));
  const sameSide = found.filter(({ amount }) => (less ? amount < 0n : amount > 0n)).length;
  const mass = massText(abs(sum(found.map(({ amount }) => amount))), mineral);
  const duration = durationText(last.at - first.at);
  const causes = less
    ? 'Most likely a scale that shows too little, or ore that dries more than usual on this way; at worst a part of every delivery is kept back.'
    : 'Most likely a scale that shows too much, or wet weather; at worst ore of unknown origin is added to every delivery.';
  return {
    subject,
    cause: less ? 'less' : 'more',
    lots: [...new Set(entries.flatMap(lotsOf))],
    events: entries.map(({ event }) => event.id),
    measured: `${average} in ${countOf(found.length, 'delivery', 'deliveries')}`,
    threshold: less ? 'less on both sides alike' : 'more on both sides alike',
    detail: `${sameSide} of ${countOf(found.length, 'delivery', 'deliveries')} of ${mineral} ${between} weighed ${less ? 'less' : 'more'} on arrival, ${average} on average: ${mass} in ${duration}, since ${dayOf(first)}. ${causes} Both can settle it by weighing one load on both scales.`,
    firstIndex: first.index,
  };
}

function seriesToJudge(facts: Facts): Series[] {
  return [
    ...seriesOfKind(facts, DELIVERIES).map(({ names: [from = '', to = '', mineral = ''], ...series }) => ({
      ...series,
      between: `from ${from} to ${to}`,
      mineral,
    })),
    ...seriesOfKind(facts, RECEIPTS).map(({ names: [to = '', mineral = ''], ...series }) => ({
      ...series,
      between: `from several senders to ${to}`,
      mineral,
    })),
  ];
}

function evaluate(facts: Facts, { deliveriesOneSided }: Parameters): Observation[] {
  return seriesToJudge(facts).flatMap((series) => {
    const { less, more } = deliveriesOneSided.byMineral[series.mineral] ?? deliveriesOneSided.default;
    return findRuns(series.items.map(relative), { below: less, above: more }).flatMap((run) => {
      const { allowed } = run.side === 'below' ? less : more;
      const seen = observe(run, series, facts);
      const isRepeated =
        series.subject.startsWith(`series:${RECEIPTS}:`) &&
        seen.events.length > 0 &&
        isOfOnePair(entriesBehind(series.subject, series.items.slice(run.from, run.to + 1), facts));
      return isRepeated
        ? []
        : [{ severity: deliveriesOneSided.severity, ...seen, threshold: `${percent(allowed)} a delivery` }];
    });
  });
}

const sumText = ({ allowed, limit, most }: Limits): string =>
  `${allowed / 1e4} % a delivery, a sum of ${limit / 1e4} %, of which one delivery makes ${most / 1e4} % at most`;

export const deliveriesOneSided: Rule<typeof schema> = {
  id: 'deliveries-one-sided',
  version: 1,
  group: 'mass',
  title: 'Delivery after delivery weighs less, or more',
  means:
    'Between the same two parties, or at the same receiver, the weights on arrival differ from those sent to one side, again and again, though each delivery by itself is within what one may lose.',
  doesNotMean:
    'Theft: a scale out of true does the same, and so does ore that dries on a long way where no moisture is stated. Deliveries that the scale shows too coarsely are not counted.',
  causes: {
    innocent: 'a scale out of true, or ore that dries on this way',
    bad: 'a part of each delivery is kept back, or foreign ore is added',
  },
  advice:
    'Have sender and receiver weigh one load on both scales, with the calibration records of both, and the moisture stated at both ends. Wrong weights are corrected by `event.corrected`, which closes it where enough are mended; a scale that was set right is explained by `finding.answered`, and goods that are missing are reported as an incident.',
  parameters: schema,
  describe: ({ deliveriesOneSided: { severity, default: usual, byMineral } }) =>
    `A running sum of the relative differences between weights at dispatch and receipt, over the newest ${SERIES_LENGTH} deliveries of one mineral from one party to another, and of one receiver whose deliveries come from several: ${severity} where what exceeds the allowance sums up to more than the limit. Less: ${sumText(usual.less)}; more: ${sumText(usual.more)}${Object.entries(
      byMineral,
    )
      .map(([mineral, { less, more }]) => `; ${mineral}, less: ${sumText(less)}, more: ${sumText(more)}`)
      .join(
        '',
      )}. Where both moistures are known, dry mass must show it too. Honest deliveries that lose ${HONEST.mean / 1e4} % on average, with a standard deviation of ${HONEST.deviation / 1e4} %, raise it by chance less than once in ${falseAlarms(usual.less)} deliveries.`,
  standard: 'Page (1954), continuous inspection schemes; ISO 7870-4 (CUSUM charts); ITSCI mass balance',
  evidence: byRunningSum,
  scope: ['chains', 'about', 'series'],
  needs: 'whole',
  subjects: (facts) => seriesToJudge(facts).map(({ subject }) => subject),
  evaluate,
};

/** Returns a round number of honest deliveries in which chance raises it less than once. */
function falseAlarms(less: Limits): string {
  const length = meanRunLength(less, HONEST);
  return (10 ** Math.min(6, Math.floor(Math.log10(length)))).toLocaleString('en');
}
