import * as z from 'zod';
import { byChance } from '../engine/evidence.js';
import { WHOLE, kilograms } from '../../custody/quantity.js';
import { percent } from '../../custody/lot-state.js';
import { NINE_DEGREES_ONE_IN_MILLION, chanceText, lastDigits, logAtLeast } from '../engine/series/chance.js';
import { type Facts, SERIES_LENGTH, type SeriesItem, lotsOf } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Observation, Rule, Severity, ValuesOf } from '../engine/rule.js';
import { entriesBehind, mostFrequent, seriesOfKind } from '../engine/series/series.js';
import { actorSubject } from '../engine/subjects.js';
import { MAIN_ANALYTES } from './recoveries.js';
import { MASS, MOISTURE, STATED } from './stated-values.js';

const schema = {
  figuresRepeated: z.strictObject({
    severity: parameter.severity.default('low'),
    severityGrades: parameter.severity
      .default('medium')
      .describe('Of grades of the metal that is paid for, from a higher number of repetitions on'),
    repeated: z.int().min(3).default(12).describe('Number of equal figures from which a series is judged'),
    repeatedGrades: z.int().min(3).default(20).describe('Number of equal grades that have the higher severity'),
    chance: z.int().min(1).default(6).describe('Power of ten of the chance below which equal figures are no chance'),
    spread: z
      .strictObject({
        grade: parameter.partsPerMillion,
        moisture: parameter.partsPerMillion,
        mass: parameter.partsPerMillion,
      })
      .default({ grade: 15_000, moisture: 100_000, mass: 15_000 })
      .describe('Least standard deviation of honest figures, parts per million of the figure'),
    digits: z.int().min(50).default(100).describe('Number of figures from which their last digits are judged'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000;
/** Chance of one value above which its repetition shows nothing: it is written too coarsely. */
const COARSE = 0.5;
/** Different figures from which the divisions of an instrument are known: "52.10" may be read as 52.1. */
const DIFFERENT = 5;
/** Figures differ by so many of their last places, at least, where their last digits are judged. */
const LEAST_RANGE = 20n;

interface Series {
  subject: string;
  signer: string;
  mineral: string;
  kind: string;
  items: readonly SeriesItem[];
}

const seriesToJudge = (facts: Facts): Series[] =>
  seriesOfKind(facts, STATED).map(({ names: [signer = '', mineral = '', kind = ''], ...series }) => ({
    ...series,
    signer,
    mineral,
    kind,
  }));

const isGrade = ({ kind }: Series): boolean => kind !== MASS && kind !== MOISTURE;
const nameOf = (series: Series): string =>
  isGrade(series) ? `% ${series.kind}` : series.kind === MASS ? 'kg' : '% of moisture';
const figureText = (series: Series, value: bigint): string =>
  `${series.kind === MASS ? kilograms(value).value : percent(Number(value))} ${nameOf(series)}`;

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** Returns the step in which the figures differ: the last place as written, or the divisions that different ones show. */
function stepOf(items: readonly SeriesItem[]): bigint {
  const written = items.reduce(
    (least, { whole }) => (whole !== null && whole < least ? whole : least),
    items[0]?.whole ?? 1n,
  );
  const [first = 0n, ...more] = new Set(items.map(({ amount }) => amount));
  if (more.length + 1 < DIFFERENT) return written;
  const shown = more.map((amount) => (amount > first ? amount - first : first - amount)).reduce(gcd);
  return shown > written ? shown : written;
}

/** Returns the chance at most that an honest figure is a certain value, by its last place and the least spread. */
function chanceOfValue(
  value: bigint,
  step: bigint,
  series: Series,
  { figuresRepeated: { spread } }: Parameters,
): number {
  const share = isGrade(series) ? spread.grade : series.kind === MASS ? spread.mass : spread.moisture;
  // A refined metal cannot vary by more than its impurities.
  const room = isGrade(series) ? Math.min(Number(value), WHOLE - Number(value)) : Number(value);
  const deviation = (room * share) / MILLION;
  return deviation <= 0 ? 1 : Number(step) / (deviation * Math.sqrt(2 * Math.PI));
}

interface Repetition {
  value: bigint;
  items: readonly SeriesItem[];
  /** Logarithm of the chance. */
  chance: number;
}

/** Returns the most frequent value, where chance does not explain it. */
function repetitionIn(series: Series, parameters: Parameters): Repetition | null {
  const items = mostFrequent(series.items);
  const value = items[0]?.amount ?? 0n;
  const { repeated, chance } = parameters.figuresRepeated;
  if (items.length < repeated) return null;
  const each = chanceOfValue(value, stepOf(series.items), series, parameters);
  if (each > COARSE) return null;
  // Any of about 1/p values could be the frequent one.
  const log = logAtLeast(items.length, series.items.length, each) - Math.log(each);
  return log < -chance * Math.LN10 ? { value, items, chance: log } : null;
}

/** Returns chi-square of the last digits, in the divisions of the scale; null: they are not to be judged. */
function digitsOf({ items }: Series, { figuresRepeated: { digits } }: Parameters): number | null {
  if (items.length < digits) return null;
  const amounts = items.map(({ amount }) => amount);
  const division = amounts.reduce(gcd);
  const numbers = amounts.map((amount) => amount / division);
  const [least, most] = [numbers.reduce((a, b) => (a < b ? a : b)), numbers.reduce((a, b) => (a > b ? a : b))];
  if (most - least < LEAST_RANGE) return null;
  // Weights that end in 0 or 5 are the matter of numbers-too-round.
  const round = numbers.filter((number) => number % 5n === 0n).length;
  return round * 2 > numbers.length ? null : lastDigits(numbers);
}

function observe(
  series: Series,
  found: readonly SeriesItem[],
  seen: Pick<Observation, 'cause' | 'measured' | 'threshold' | 'detail'> & { severity: Severity },
  facts: Facts,
): Observation {
  const entries = entriesBehind(series.subject, found, facts);
  return {
    subject: series.subject,
    root: actorSubject(series.signer),
    lots: [...new Set(entries.flatMap(lotsOf))],
    events: entries.map(({ event }) => event.id),
    firstIndex: (found[0] as SeriesItem).index,
    ...seen,
  };
}

const dayOf = ({ at }: SeriesItem): string => new Date(at).toISOString().slice(0, 10);

function repeatedIn(series: Series, facts: Facts, parameters: Parameters): Observation[] {
  const repetition = repetitionIn(series, parameters);
  if (repetition === null) return [];
  const { severity, severityGrades, repeatedGrades, chance } = parameters.figuresRepeated;
  const { value, items } = repetition;
  // Elements beside the one that is paid for are often known once for a site.
  const isHigher = MAIN_ANALYTES.has(series.kind) && items.length >= repeatedGrades;
  const likely =
    isGrade(series) || series.kind === MOISTURE
      ? 'Likeliest: one measurement, or an estimate, was copied; at worst nothing was measured.'
      : 'Likeliest: bags are filled to one weight; at worst they were not weighed.';
  const measured = `${items.length} of ${series.items.length} × ${figureText(series, value)}`;
  const detail = `${series.signer} stated exactly ${figureText(series, value)} in ${items.length} of ${series.items.length} entries about ${series.mineral} since ${dayOf(items[0] as SeriesItem)}. If honest figures differ as little as they ever do, chance makes that in ${chanceText(repetition.chance)} series. ${likely} The printout of the instrument, or a second measurement of some of the lots, settles it.`;
  const seen = {
    severity: isHigher ? severityGrades : severity,
    cause: 'repeated',
    measured,
    threshold: `chance of 1 in 10^${chance}`,
    detail,
  };
  return [observe(series, items, seen, facts)];
}

function digitsIn(series: Series, facts: Facts, parameters: Parameters): Observation[] {
  const square = digitsOf(series, parameters);
  if (square === null || square <= NINE_DEGREES_ONE_IN_MILLION) return [];
  const seen = {
    severity: parameters.figuresRepeated.severity,
    cause: 'last-digits',
    measured: `chi-square ${square.toFixed(1)} of ${series.items.length}`,
    threshold: `${NINE_DEGREES_ONE_IN_MILLION} (1 in 10^6)`,
    detail: `The last digits of ${series.items.length} figures (${nameOf(series)}) that ${series.signer} stated of ${series.mineral} since ${dayOf(series.items[0] as SeriesItem)} are not equally frequent, as those of an instrument are. Likeliest: figures were rounded by eye; at worst they were made up. The printout of the instrument settles it.`,
  };
  return [observe(series, series.items, seen, facts)];
}

export const figuresRepeated: Rule<typeof schema> = {
  id: 'figures-repeated',
  version: 1,
  group: 'mass',
  title: 'Figures that no instrument repeats so often',
  means:
    'One actor states the same grade, moisture or weight again and again, or figures whose last digits people choose: they were copied, estimated or made up.',
  doesNotMean:
    'That the goods are not there: an assay of one heap may be written on every bag of it, and bags may be filled to one weight. Equal figures within one entry are not counted.',
  causes: {
    innocent: 'one assay for a whole heap, or bags filled to one weight',
    bad: 'figures were copied or made up',
  },
  advice:
    'Ask the signer for the printouts of the instrument, and have some of the lots measured again. True figures are logged by `event.corrected` or `lot.measured`; one assay for a whole heap, or bags filled to one weight, are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ figuresRepeated: { severity, severityGrades, repeated, repeatedGrades, chance, spread, digits } }) =>
    `Of the newest ${SERIES_LENGTH} grades of one analyte, moistures or masses that one actor stated of a mineral, in one entry each, at least ${repeated} are equal, and the chance of so many equal ones is below 1 in 10^${chance} where honest figures differ by a standard deviation of ${spread.grade / 1e4} % (grades), ${spread.moisture / 1e4} % (moistures) and ${spread.mass / 1e4} % (masses) of themselves: ${severity}; at least ${repeatedGrades} equal grades of the metal that is paid for: ${severityGrades}. Figures that are written too coarsely are not judged. The last digits of at least ${digits} figures differ from equal frequencies by a chi-square above ${NINE_DEGREES_ONE_IN_MILLION}, which chance exceeds once in 10^6 series: ${severity}.`,
  standard: 'Digit analysis of reported data (last-digit test); repeated values in laboratory data, ISO/IEC 17025',
  evidence: byChance,
  scope: ['chains', 'about', 'series'],
  needs: 'whole',
  subjects: (facts) => seriesToJudge(facts).map(({ subject }) => subject),
  evaluate: (facts, parameters) =>
    seriesToJudge(facts).flatMap((series) => [
      ...repeatedIn(series, facts, parameters),
      ...digitsIn(series, facts, parameters),
    ]),
};
