import * as z from 'zod';
import { byCapacity } from '../engine/evidence.js';
import { kilograms, milligrams } from '../../custody/quantity.js';
import { massText } from '../../words.js';
import type { Facts, SiteProduction } from '../engine/facts.js';
import { siteFacts, unconfirmedRaise } from '../engine/registry.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { MOST_DAYS_CONFIRMED, siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  siteOverCapacity: z.strictObject({
    windowDays: z
      .array(z.int().min(1).max(366))
      .min(1)
      .default([30, 90])
      .describe('Lengths of the periods that are compared with the capacity, days'),
    kilogramsPerWorkerMonth: z
      .record(z.string(), parameter.kilogramsText)
      .default({ coltan: '12', cassiterite: '40', wolframite: '30', cobalt: '3000', gold: '0.035' })
      .describe('Production per worker and month, kg, for a site with workers but no figure for the mineral'),
    levels: z
      .array(z.strictObject({ above: parameter.partsPerMillion, severity: parameter.severity }))
      .min(1)
      .default([
        { above: 1_000_000, severity: 'medium' },
        { above: 1_500_000, severity: 'high' },
        { above: 3_000_000, severity: 'critical' },
      ])
      .describe('Share of the capacity, parts per million, in rising order'),
    raiseUnchecked: parameter.partsPerMillion
      .default(100_000)
      .describe('Raise of a capacity that needs no inspection, parts per million of the one before'),
    inspectedDaysBefore: parameter.days
      .default(90)
      .describe('Days before a higher raise within which an inspection confirms it'),
    inspectedDaysAfter: parameter.days
      .max(MOST_DAYS_CONFIRMED)
      .default(30)
      .describe('Days after it within which an inspection confirms it; a later one counts from its date'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** A month of capacity, days: fixed, so that windows compare. */
const DAYS_OF_MONTH = 30n;
const MILLION = 1_000_000n;
const DAY = 86_400_000;
/** Lots that a finding names at most, the newest of the window. */
const LOTS_NAMED = 1_000;

type Day = SiteProduction['days'][number];

/** Formats the month of a day counted from 1970-01-01 UTC: `2026-06`. */
export const monthOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 7);

export const longestWindow = ({ siteOverCapacity }: Parameters): number => Math.max(...siteOverCapacity.windowDays);

const nextMonth = (day: number): number => {
  const date = new Date(day * DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY;
};
const firstOfMonth = (day: number): number => {
  const date = new Date(day * DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY;
};

/** Returns the days to load so that every month that production on these days can affect is judged completely. */
export function productionRange(
  firstDay: number,
  lastDay: number,
  parameters: Parameters,
): { from: number; to: number } {
  const window = longestWindow(parameters);
  return { from: firstOfMonth(firstDay - window) - window, to: nextMonth(lastDay + window) - 1 + window };
}

/** Lists the months whose every window is loaded. */
export function monthsJudged({ from, to }: SiteProduction, window: number): string[] {
  const months: string[] = [];
  for (let day = firstOfMonth(from + window); nextMonth(day) - 1 + window <= to; day = nextMonth(day))
    if (day - window >= from) months.push(monthOf(day));
  return months;
}

/** A site's capacity per month from a day on, mg; null if it is unknown for the mineral. */
interface Monthly {
  from: number;
  capacity: bigint | null;
}

/** The registered capacities of a site, and the mineral of which it is asked. */
type Capacities = Pick<SiteProduction, 'capacities' | 'mineral'>;

function monthlyCapacities({ capacities, mineral }: Capacities, { siteOverCapacity }: Parameters): Monthly[] {
  return capacities.map(({ from, capacity: { workers, kilogramsPerWorkerMonth } }) => {
    const kilogramsEach = kilogramsPerWorkerMonth[mineral] ?? siteOverCapacity.kilogramsPerWorkerMonth[mineral];
    const capacity =
      kilogramsEach === undefined ? null : milligrams({ value: kilogramsEach, uom: 'KGM' }) * BigInt(workers);
    return { from, capacity };
  });
}

/** Returns a site's capacity per month on a day, mg; null if it is unknown. */
export function monthlyCapacityOn(production: Capacities, day: number, parameters: Parameters): bigint | null {
  const found = monthlyCapacities(production, parameters).findLast(({ from }) => from <= day);
  return found === undefined || found.capacity === 0n ? null : found.capacity;
}

/** Returns a site's capacity in the days up to `last`, mg, by the capacity in force on each; null if it is unknown. */
function capacityWithin(monthly: readonly Monthly[], last: number, length: number): bigint | null {
  let sum = 0n;
  for (const [i, { from, capacity }] of monthly.entries()) {
    const end = Math.min(last + 1, monthly[i + 1]?.from ?? Infinity);
    const days = end - Math.max(last + 1 - length, from);
    if (days <= 0) continue;
    if (capacity === null) return null;
    sum += capacity * BigInt(days);
  }
  return sum === 0n ? null : sum / DAYS_OF_MONTH;
}

interface Window {
  days: readonly Day[];
  length: number;
  mass: bigint;
  capacity: bigint;
  /** mass / capacity in parts per million, rounded down. */
  ratio: bigint;
  month: string;
}

/** Returns the month with most of a window's mass: a rush in June belongs to June, also in windows of July. */
function heaviestMonth(days: readonly Day[]): string {
  const masses = new Map<string, bigint>();
  for (const day of days) masses.set(monthOf(day.day), (masses.get(monthOf(day.day)) ?? 0n) + day.mass);
  return [...masses].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** Returns for each month the window that exceeds the capacity most; windows end on days of production. */
function worstWindows(production: SiteProduction, parameters: Parameters): Map<string, Window> {
  const worst = new Map<string, Window>();
  const monthly = monthlyCapacities(production, parameters);
  const lowest = BigInt(parameters.siteOverCapacity.levels[0]?.above ?? 0);
  for (const length of parameters.siteOverCapacity.windowDays) {
    let start = 0;
    let mass = 0n;
    for (const [end, last] of production.days.entries()) {
      mass += last.mass;
      for (let first = production.days[start]; first !== undefined && first.day <= last.day - length;) {
        mass -= first.mass;
        start += 1;
        first = production.days[start];
      }
      const capacity = capacityWithin(monthly, last.day, length);
      if (capacity === null || capacity === 0n || mass * MILLION <= capacity * lowest) continue;
      const days = production.days.slice(start, end + 1);
      const window = { days, length, mass, capacity, ratio: (mass * MILLION) / capacity, month: heaviestMonth(days) };
      const before = worst.get(window.month);
      if (before === undefined || window.ratio > before.ratio) worst.set(window.month, window);
    }
  }
  return worst;
}

export const productionSubject = ({ site, mineral }: SiteProduction, month: string): string =>
  `${site.id}/${mineral}/${month}`;

/** Formats the sentence on a registered capacity that does not count; empty if there is none. */
function raiseText(id: string, facts: Facts, { siteOverCapacity: checks }: Parameters): string {
  const site = siteFacts(facts, id);
  const raise = site === null ? null : unconfirmedRaise(site, checks);
  return raise === null
    ? ''
    : ` A capacity of ${raise.workers} workers was logged on ${raise.on} and no inspection confirms it.`;
}

function observe(production: SiteProduction, facts: Facts, parameters: Parameters): Observation[] {
  const worst = worstWindows(production, parameters);
  return monthsJudged(production, longestWindow(parameters)).flatMap((month) => {
    const window = worst.get(month);
    if (window === undefined) return [];
    const { days, length, mass, capacity } = window;
    const level = parameters.siteOverCapacity.levels.findLast(({ above }) => mass * MILLION > capacity * BigInt(above));
    if (level === undefined) return [];
    const lots = days.flatMap((day) => day.lots).slice(-LOTS_NAMED);
    return [
      {
        severity: level.severity,
        subject: productionSubject(production, month),
        cause: 'over-capacity',
        root: siteSubject(production.site.id),
        lots: lots.map(({ lot }) => lot),
        events: [...new Set(lots.map(({ event }) => event))],
        measured: `${kilograms(mass).value} KGM`,
        threshold: `${kilograms(capacity).value} KGM`,
        detail: `Site ${production.site.id} declared ${massText(mass, production.mineral)} of ${production.mineral} within ${length} days, mostly in ${month}; its capacity for that time is ${massText(capacity, production.mineral)}.${raiseText(production.site.id, facts, parameters)}`,
        firstIndex: lots.reduce((first, { index }) => Math.min(first, index), lots[0]?.index ?? 0),
      },
    ];
  });
}

export const siteOverCapacity: Rule<typeof schema> = {
  id: 'site-over-capacity',
  version: 3,
  group: 'origin',
  title: 'A site declares more than its workers can dig',
  means: 'Within a window of days the lots declared at a site weigh more than its workers can produce in that time.',
  doesNotMean:
    'That any one lot is false: the number of workers may be out of date. Stock from before may have been declared late. Sites without a known number of workers are not judged.',
  causes: {
    innocent: 'more diggers than registered, or old stock',
    bad: 'mineral of other places goes under the name of the site',
  },
  advice:
    'Ask the operator of the site how many dug and since when the stock lay there, and the authority for its newest count of workers; a visit settles it. It closes when the registrar or the authority logs the true capacity by `site.updated` and an inspection confirms it, or when wrong masses are corrected by `event.corrected`; treat unexplained mass as mineral of unknown origin.',
  parameters: schema,
  describe: ({
    siteOverCapacity: {
      windowDays,
      levels,
      kilogramsPerWorkerMonth,
      raiseUnchecked,
      inspectedDaysBefore,
      inspectedDaysAfter,
    },
  }) =>
    `Declared mass in any ${windowDays.join(' or ')} days over workers times kilograms per worker and month (of 30 days), as the registry had them on each day: ` +
    `${levels.map(({ above, severity }) => `more than ${above / 1e6} times: ${severity}`).join('; ')}. ` +
    `Kilograms per worker and month where the site gives none: ` +
    `${Object.entries(kilogramsPerWorkerMonth)
      .map(([mineral, mass]) => `${mineral} ${mass}`)
      .join(', ')}. ` +
    `At a site that is inspected, a capacity more than ${raiseUnchecked / 1e4} % above the one before counts if an inspection of the ${inspectedDaysBefore} days before it or the ${inspectedDaysAfter} days after it is logged, or from the next inspection on. ` +
    `One finding a month, that in which most of the window's mass was dug, with the worst window.`,
  standard: 'ICGLR Regional Certification Mechanism (production data); ITSCI mine baseline',
  evidence: byCapacity,
  scope: ['production', 'about'],
  needs: 'more',
  subjects: (facts, parameters) =>
    facts.production.flatMap((production) =>
      monthsJudged(production, longestWindow(parameters)).map((month) => productionSubject(production, month)),
    ),
  evaluate: (facts, parameters) => facts.production.flatMap((production) => observe(production, facts, parameters)),
};
