import * as z from 'zod';
import { byHistory } from '../engine/evidence.js';
import { kilograms } from '../../custody/quantity.js';
import { massText } from '../../words.js';
import type { Facts, SiteProduction } from '../engine/facts.js';
import { siteFacts } from '../engine/registry.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import {
  type siteOverCapacity,
  longestWindow,
  monthOf,
  monthlyCapacityOn,
  monthsJudged,
  productionSubject,
} from './site-over-capacity.js';
import { siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  siteDormantBurst: z.strictObject({
    severity: parameter.severity.default('high'),
    dormantDays: parameter.days.default(90).describe('Days without a declaration after which a site is dormant'),
    burstDays: parameter.days.default(7).describe('Days within which the burst happens'),
    share: parameter.partsPerMillion
      .default(500_000)
      .describe('Share of the monthly capacity that makes a burst, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof siteOverCapacity.parameters>;

const MILLION = 1_000_000n;
const DAY = 86_400_000;
/** MDC.02 codes of a site without production: abandoned, and not active. */
const INACTIVE: ReadonlySet<number> = new Set([0, 2]);

type Day = SiteProduction['days'][number];

const massOf = (days: readonly Day[]): bigint => days.reduce((sum, { mass }) => sum + mass, 0n);

/** Describes why no production was expected at the site on a day; null: some was. */
function dormancy(production: SiteProduction, first: Day, facts: Facts, dormantDays: number): string | null {
  const site = siteFacts(facts, production.site.id);
  const inspection = site?.inspections.findLast(({ date }) => Date.parse(date) <= first.day * DAY);
  if (inspection !== undefined && INACTIVE.has(inspection.activity))
    return `an inspector found it inactive on ${inspection.date}`;
  const before = production.days.findLast(({ day }) => day < first.day);
  if (before !== undefined)
    return first.day - before.day > dormantDays
      ? `nothing had been declared there for ${first.day - before.day} days`
      : null;
  return production.earlier === true ? `nothing had been declared there for more than ${dormantDays} days` : null;
}

/** Returns the first burst that begins in each month. */
function bursts(
  production: SiteProduction,
  facts: Facts,
  parameters: Parameters,
): Map<string, { days: Day[]; why: string }> {
  const { dormantDays, burstDays, share } = parameters.siteDormantBurst;
  const found = new Map<string, { days: Day[]; why: string }>();
  for (const [i, first] of production.days.entries()) {
    const why = dormancy(production, first, facts, dormantDays);
    const capacity = monthlyCapacityOn(production, first.day, parameters);
    if (why === null || capacity === null || found.has(monthOf(first.day))) continue;
    const days = production.days.slice(i).filter(({ day }) => day < first.day + burstDays);
    if (massOf(days) * MILLION >= capacity * BigInt(share)) found.set(monthOf(first.day), { days, why });
  }
  return found;
}

function observe(production: SiteProduction, facts: Facts, parameters: Parameters): Observation[] {
  const judged = new Set(monthsJudged(production, longestWindow(parameters)));
  const { severity, burstDays, share } = parameters.siteDormantBurst;
  return [...bursts(production, facts, parameters)]
    .filter(([month]) => judged.has(month))
    .map(([month, { days, why }]) => {
      const lots = days.flatMap((day) => day.lots);
      const mass = kilograms(massOf(days)).value;
      return {
        severity,
        subject: productionSubject(production, month),
        cause: 'burst',
        root: siteSubject(production.site.id),
        lots: lots.map(({ lot }) => lot),
        events: [...new Set(lots.map(({ event }) => event))],
        measured: `${mass} KGM in ${burstDays} days`,
        threshold: `${share / 1e4} % of a month`,
        detail: `Site ${production.site.id} declared ${massText(massOf(days), production.mineral)} of ${production.mineral} within ${burstDays} days, though ${why}. Likeliest: the season began, or stock was declared at once; at worst mineral of another place goes under its name. A visit, and the tag books of those weeks, settle it.`,
        firstIndex: lots[0]?.index ?? null,
      };
    });
}

export const siteDormantBurst: Rule<typeof schema, Parameters> = {
  id: 'site-dormant-burst',
  version: 4,
  group: 'origin',
  title: 'A sleeping site wakes with a rush',
  means:
    "A site that an inspector found inactive, or that was silent for months, books a large part of a month's capacity within days.",
  doesNotMean:
    'That the lots are false: a season begins, or stock was declared at once. A site that declares for the first time is not meant.',
  causes: {
    innocent: 'a season begins, or stock was declared at once',
    bad: 'a sleeping mine lends its name to foreign ore',
  },
  advice:
    'Ask the operator of the site who dug and since when, and the authority for a visit; wage lists and tag books of the weeks before settle it. It closes when wrong masses are corrected by `event.corrected`; a season that began, or stock that was declared at once, is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ siteDormantBurst: { severity, dormantDays, burstDays, share } }) =>
    `Inactive by its newest inspection, or nothing declared for more than ${dormantDays} days though there was before; and at least ${share / 1e4} % of a month's capacity within ${burstDays} days: ${severity}.`,
  standard: 'ITSCI mine baseline; ICGLR Regional Certification Mechanism, activity (MDC.02)',
  evidence: byHistory,
  scope: ['production', 'about'],
  needs: 'whole',
  subjects: (facts, parameters) =>
    facts.production.flatMap((production) =>
      monthsJudged(production, longestWindow(parameters)).map((month) => productionSubject(production, month)),
    ),
  evaluate: (facts, parameters) => facts.production.flatMap((production) => observe(production, facts, parameters)),
};
