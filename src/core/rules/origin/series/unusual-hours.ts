import * as z from 'zod';
import { countOf } from '../../../words.js';
import { byHistory } from '../../engine/evidence.js';
import { type Facts, SERIES_LENGTH, type SeriesItem, lotsOf } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { chanceText, logAtLeast } from '../../engine/series/chance.js';
import { findRuns } from '../../engine/series/running-sum.js';
import { entriesBehind, seriesOfKind } from '../../engine/series/series.js';
import { siteSubject } from '../../engine/subjects.js';
import { HOURS } from './hours-series.js';

const schema = {
  unusualHours: z.strictObject({
    severity: parameter.severity.default('low'),
    severityOfMany: parameter.severity.default('medium').describe('From `manyNights` nights on'),
    manyNights: z.int().min(2).default(6).describe('Nights from which it is no accident'),
    nightFrom: z.int().min(0).max(23).default(21).describe('Local hour'),
    nightTo: z.int().min(0).max(23).default(5).describe('Local hour at which night ends'),
    firstHours: z.int().min(5).default(20).describe('Hours with declarations that show when a site works'),
    firstDays: z.int().min(5).default(24).describe('Days with declarations that show on which weekdays'),
    around: z.int().min(0).default(2).describe('Hours around those at which a site works'),
    honest: parameter.partsPerMillion
      .default(30_000)
      .describe('Share of honest declarations at hours, or days on weekdays, at which a site did not work before'),
    chance: z.int().min(2).default(6).describe('Found if chance is below 1 in 10 to this power'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const DAY_HOURS = 24;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;

const hourOf = ({ amount }: SeriesItem): number => Number(amount % BigInt(DAY_HOURS));
const dayOf = ({ amount }: SeriesItem): bigint => amount / BigInt(DAY_HOURS);
const weekdayOf = (item: SeriesItem): number => Number((dayOf(item) + BigInt(FIRST_WEEKDAY)) % 7n);

/** Keeps the first item of each value. */
function distinct<T>(items: readonly SeriesItem[], valueOf: (item: SeriesItem) => T): SeriesItem[] {
  const seen = new Set<T>();
  return items.filter((item) => {
    const value = valueOf(item);
    return seen.has(value) ? false : seen.add(value);
  });
}

interface Odd {
  cause: 'night' | 'weekday';
  /** Odd items of the run, and its length. */
  found: SeriesItem[];
  of: number;
  log: number;
  /** When the site works otherwise. */
  usual: string;
}

/** Finds the run of items in which most are odd, if chance does not explain it. */
function runOf(
  items: readonly SeriesItem[],
  isOdd: (item: SeriesItem) => boolean,
  { unusualHours: { honest, chance } }: Parameters,
): Omit<Odd, 'cause' | 'usual'> | null {
  const never = { allowed: 0, limit: Infinity, most: 0 };
  const above = { allowed: (2 * honest) / 1e6, limit: 2, most: 1 };
  const [run] = findRuns(
    items.map((item) => (isOdd(item) ? 1 : 0)),
    { above, below: never },
  );
  if (run === undefined) return null;
  const within = items.slice(run.from, run.to + 1);
  const found = within.filter(isOdd);
  const log = logAtLeast(found.length, within.length, honest / 1e6);
  return log < -chance * Math.LN10 ? { found, of: within.length, log } : null;
}

function nightsOf(items: readonly SeriesItem[], parameters: Parameters): Odd | null {
  const { firstHours, around, nightFrom, nightTo } = parameters.unusualHours;
  const hours = distinct(items, ({ amount }) => amount);
  const first = hours.slice(0, firstHours).map(hourOf);
  const usual = new Set(
    first.flatMap((hour) =>
      Array.from({ length: 2 * around + 1 }, (_, i) => (hour + i - around + DAY_HOURS) % DAY_HOURS),
    ),
  );
  const isOdd = (item: SeriesItem): boolean => {
    const hour = hourOf(item);
    return (hour >= nightFrom || hour < nightTo) && !usual.has(hour);
  };
  const run = runOf(hours.slice(firstHours), isOdd, parameters);
  const [from, to] = [Math.min(...first), Math.max(...first)];
  return run === null ? null : { ...run, cause: 'night', usual: `between ${from}:00 and ${to + 1}:00` };
}

function restDaysOf(items: readonly SeriesItem[], parameters: Parameters): Odd | null {
  const { firstDays } = parameters.unusualHours;
  const days = distinct(items, dayOf);
  const first = new Set(days.slice(0, firstDays).map(weekdayOf));
  const run = runOf(days.slice(firstDays), (item) => !first.has(weekdayOf(item)), parameters);
  const rest = WEEKDAYS.filter((_, weekday) => !first.has(weekday));
  return run === null ? null : { ...run, cause: 'weekday', usual: `on no ${rest.join(' and no ')}` };
}

const HOUR = 3_600_000;
/** Formats the local day of an item. */
const dateOf = ({ amount }: SeriesItem): string => new Date(Number(amount) * HOUR).toISOString().slice(0, 10);

function observe(odd: Odd, site: string, subject: string, facts: Facts, parameters: Parameters): Observation {
  const { severity, severityOfMany, manyNights, chance, honest } = parameters.unusualHours;
  const { cause, found, of, log, usual } = odd;
  const entries = entriesBehind(subject, found, facts);
  const nights = distinct(found, dayOf).length;
  const [first] = found as [SeriesItem];
  const when =
    cause === 'night'
      ? `at night in ${found.length} of ${countOf(of, 'hour')} with declarations, on ${countOf(nights, 'night')}`
      : `on ${countOf(found.length, 'day')} of ${of} that were days of rest`;
  return {
    severity: cause === 'night' && nights >= manyNights ? severityOfMany : severity,
    subject,
    cause,
    root: siteSubject(site),
    lots: [...new Set(entries.flatMap(lotsOf))],
    events: entries.map(({ event }) => event.id),
    measured: `${found.length} of ${of}`,
    threshold: `chance below 1 in 10^${chance}`,
    detail: `Since ${dateOf(first)} site ${site} declares ${when}; before, it declared ${usual}. Chance: ${chanceText(log)}, if honest sites do so in ${honest / 1e4} % of cases (n = ${of}, p = ${honest / 1e6}). Likeliest: another shift, a holiday that was worked, or a clock or day that is set wrongly; at worst bags of another place arrive when nobody watches, or are written at a desk. The people at the site, and the tagging agent, can tell.`,
    firstIndex: first.index,
  };
}

function evaluate(facts: Facts, parameters: Parameters): Observation[] {
  return seriesOfKind(facts, HOURS).flatMap(({ subject, names: [site = ''], items }) => {
    const inTime = items.toSorted((a, b) => a.at - b.at || a.index - b.index);
    return [nightsOf(inTime, parameters), restDaysOf(inTime, parameters)].flatMap((odd) =>
      odd === null ? [] : [observe(odd, site, subject, facts, parameters)],
    );
  });
}

export const unusualHours: Rule<typeof schema> = {
  id: 'unusual-hours',
  version: 1,
  group: 'origin',
  title: 'A site declares at hours at which it never worked',
  means:
    'Lots are declared at a site at night, or on a day of the week, at which it declared nothing before, again and again.',
  doesNotMean:
    'That the bags are not of the site: a second shift begins, a harvest moves the days of rest, a clock is set wrongly. A site that works at night from its beginning is not meant.',
  causes: {
    innocent: 'another shift, or a clock that is set wrongly',
    bad: 'foreign bags arrive when nobody watches',
  },
  advice:
    'Ask the operator of the site who works then and since when, and the tagging agent who applied the tags; wage lists settle it. Wrong times are corrected by `event.corrected`, which closes it where enough are mended; a new shift is explained by `finding.answered`.',
  parameters: schema,
  describe: ({
    unusualHours: {
      severity,
      severityOfMany,
      manyNights,
      nightFrom,
      nightTo,
      firstHours,
      firstDays,
      around,
      honest,
      chance,
    },
  }) =>
    `Local time (by the site's longitude, else by the offset stated) of the newest ${SERIES_LENGTH} declarations at a site, each hour counted once. The first ${firstHours} hours with declarations, with ${around} around each, are when a site works, and the weekdays of the first ${firstDays} days with declarations are its weekdays. Later declarations at other hours between ${nightFrom}:00 and ${nightTo}:00, or on other weekdays, of which chance explains so many less than once in 10^${chance} where ${honest / 1e4} % of honest ones are so: ${severity}; on ${manyNights} nights or more: ${severityOfMany}.`,
  standard: 'ITSCI plausibility checks of data collection',
  evidence: byHistory,
  scope: ['about', 'series'],
  needs: 'whole',
  subjects: (facts) => seriesOfKind(facts, HOURS).map(({ subject }) => subject),
  evaluate,
};
