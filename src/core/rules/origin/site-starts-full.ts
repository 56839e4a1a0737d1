import * as z from 'zod';
import { massText } from '../../words.js';
import { byHistory } from '../engine/evidence.js';
import type { Facts, SiteProduction } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { type SiteFacts, siteFacts } from '../engine/registry.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import {
  type siteOverCapacity,
  longestWindow,
  monthOf,
  monthlyCapacityOn,
  monthsJudged,
  productionSubject,
} from './site-over-capacity.js';

const schema = {
  siteStartsFull: z.strictObject({
    severity: parameter.severity.default('medium'),
    newDays: parameter.days
      .default(90)
      .describe('Days before its first declaration within which a new site was registered and its first licence began'),
    days: parameter.days.max(60).default(28).describe('Days that are its first weeks'),
    share: parameter.partsPerMillion
      .default(800_000)
      .describe('Share of its capacity for that time that a new site does not reach, parts per million'),
    inspectedDays: parameter.days
      .max(90)
      .default(60)
      .describe('Days from the first declaration on within which an inspection that finds it at work answers'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof siteOverCapacity.parameters>;

const MILLION = 1_000_000n;
const DAY = 86_400_000;
const DAYS_OF_MONTH = 30n;
/** MDC.02: active. */
const ACTIVE = 1;

const dayOf = (date: string): number => Math.floor(Date.parse(date) / DAY);

/** Returns whether a site was new on a day: its registration and its first licence, if it has one, are recent. */
function isNew({ versions, licences }: SiteFacts, first: number, newDays: number): boolean {
  const registered = versions[0]?.at ?? 0;
  const begins = licences.flatMap(({ from }) => (from === undefined ? [] : [dayOf(from)]));
  return registered / DAY >= first - newDays && Math.min(...begins, Infinity) >= first - newDays;
}

function observe(production: SiteProduction, facts: Facts, parameters: Parameters): Observation[] {
  const { severity, newDays, days: length, share, inspectedDays } = parameters.siteStartsFull;
  const [first] = production.days;
  const {
    site: { id },
    mineral,
  } = production;
  const site = siteFacts(facts, id);
  if (first === undefined || production.earlier === true || site === null || !isNew(site, first.day, newDays))
    return [];
  const month = monthOf(first.day);
  if (!monthsJudged(production, longestWindow(parameters)).includes(month)) return [];
  const isAnswered = site.inspections.some(({ date, activity }) => {
    const since = dayOf(date) - first.day;
    return activity === ACTIVE && since >= 0 && since <= inspectedDays;
  });
  const monthly = monthlyCapacityOn(production, first.day, parameters);
  if (isAnswered || monthly === null) return [];
  const days = production.days.filter(({ day }) => day < first.day + length);
  const mass = days.reduce((sum, one) => sum + one.mass, 0n);
  const capacity = (monthly * BigInt(length)) / DAYS_OF_MONTH;
  if (mass * MILLION < capacity * BigInt(share)) return [];
  const lots = days.flatMap((day) => day.lots);
  return [
    {
      severity,
      subject: productionSubject(production, month),
      cause: 'starts-full',
      root: siteSubject(id),
      lots: [...new Set(lots.map(({ lot }) => lot))],
      events: [...new Set(lots.map(({ event }) => event))],
      measured: `${((Number(mass) / Number(capacity)) * 100).toFixed(0)} % of its capacity`,
      threshold: `${share / 1e4} %`,
      detail: `Site ${id} declared ${massText(mass, mineral)} of ${mineral} in its first ${length} days, from ${new Date(first.day * DAY).toISOString().slice(0, 10)} on; all its workers can dig ${massText(capacity, mineral)} in that time, and a new site opens its ground first. Likeliest: it was worked before it was registered; at worst mineral of other places was waiting for its name. A visit, the wage lists and the tag books of those weeks settle it.`,
      firstIndex: lots[0]?.index ?? null,
    },
  ];
}

export const siteStartsFull: Rule<typeof schema, Parameters> = {
  id: 'site-starts-full',
  version: 1,
  group: 'origin',
  title: 'A new site produces its full capacity from its first day',
  means:
    'A site that was registered and licensed not long before declares in its first weeks nearly all that its workers can dig, as if there were nothing to open.',
  doesNotMean:
    'That the lots are false: it may have been worked before it was registered, or stock was declared at once. A site whose licence is older is not meant.',
  causes: {
    innocent: 'it was worked before it was registered',
    bad: 'mineral of other places was waiting for its name',
  },
  advice:
    'Ask the operator of the site since when it is worked, and the authority for a visit with a count of workers and tunnels. An inspection of those weeks that finds it active, logged by `site.inspected`, closes it; so do wrong masses that are corrected by `event.corrected`.',
  parameters: schema,
  describe: ({ siteStartsFull: { severity, newDays, days, share, inspectedDays } }) =>
    `In the ${days} days from its first declaration of a mineral on at least ${share / 1e4} % of its capacity for that time (\`site-over-capacity\`), at a site that was registered, and whose first licence began if it has one, at most ${newDays} days before; unless an inspection of the ${inspectedDays} days from then on finds it active: ${severity}.`,
  standard: 'ITSCI mine baseline; ICGLR Regional Certification Mechanism, mine site inspection',
  evidence: byHistory,
  scope: ['production', 'about'],
  needs: 'whole',
  subjects: (facts, parameters) =>
    facts.production.flatMap((production) =>
      monthsJudged(production, longestWindow(parameters)).map((month) => productionSubject(production, month)),
    ),
  evaluate: (facts, parameters) => facts.production.flatMap((production) => observe(production, facts, parameters)),
};
