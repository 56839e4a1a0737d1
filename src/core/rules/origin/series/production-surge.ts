import * as z from 'zod';
import { byHistory } from '../../engine/evidence.js';
import { milligrams } from '../../../custody/quantity.js';
import { countOf, massText } from '../../../words.js';
import { type Facts, type JudgedOf, isType } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, Severity, ValuesOf } from '../../engine/rule.js';
import { siteSubject } from '../../engine/subjects.js';
import { monthOf } from '../../people/producers.js';
import { raisedWithCapacity } from './capacity-grown.js';
import {
  type MinedMonth,
  baselineOf,
  declaredMass,
  minedSubject,
  monthsChanged,
  isBeyondSpread,
} from './mined-months.js';
import type { siteOverCapacity } from '../site-over-capacity.js';

const level = z.strictObject({ above: parameter.partsPerMillion, severity: parameter.severity });

const schema = {
  productionSurge: z.strictObject({
    site: z
      .array(level)
      .min(1)
      .default([
        { above: 3_000_000, severity: 'medium' },
        { above: 6_000_000, severity: 'high' },
      ])
      .describe('Production of a site in a month over its mean, parts per million, in rising order'),
    district: z
      .array(level)
      .min(1)
      .default([
        { above: 2_500_000, severity: 'medium' },
        { above: 5_000_000, severity: 'high' },
      ])
      .describe('The same of all sites of a district together'),
    highest: parameter.partsPerMillion
      .default(1_700_000)
      .describe('Production over the highest month of the baseline, at least, parts per million'),
    deviations: z
      .number()
      .min(0)
      .default(3)
      .describe('Standard deviations of the baseline by which a month exceeds its mean, at least'),
    months: z.int().min(1).max(6).default(3).describe('Months with production of the six before, at least'),
    workers: z
      .int()
      .min(0)
      .default(10)
      .describe('Workers whose usual production the increase must exceed (`siteOverCapacity.kilogramsPerWorkerMonth`)'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof siteOverCapacity.parameters>;

const MILLION = 1_000_000n;
/** Lots that a finding names at most, the newest. */
const LOTS_NAMED = 1_000;

interface Surge extends MinedMonth {
  subject: string;
  mass: bigint;
  /** Mean of the months with production, and the highest, mg. */
  mean: bigint;
  highest: bigint;
  months: number;
  severity: Severity;
  above: number;
}

const levelOf = (
  { kind }: MinedMonth['area'],
  mass: bigint,
  mean: bigint,
  { productionSurge }: Parameters,
): Parameters['productionSurge']['site'][number] | undefined =>
  productionSurge[kind].findLast(({ above }) => mass * MILLION >= mean * BigInt(above));

/** Returns by how much a month exceeds those before it, by sums alone; null: it does not. */
function surgeIn(subject: string, one: MinedMonth, facts: Facts, parameters: Parameters): Surge | null {
  const { area, mineral, month } = one;
  const { productionSurge, siteOverCapacity } = parameters;
  const mass = facts.totals.get(subject) ?? 0n;
  const before = baselineOf(month)
    .map((earlier) => facts.totals.get(minedSubject(area, mineral, earlier)) ?? 0n)
    .filter((sum) => sum > 0n);
  if (mass === 0n || before.length < productionSurge.months) return null;
  const mean = before.reduce((sum, next) => sum + next, 0n) / BigInt(before.length);
  const highest = before.reduce((most, next) => (next > most ? next : most));
  const found = levelOf(area, mass, mean, parameters);
  const each = siteOverCapacity.kilogramsPerWorkerMonth[mineral];
  const least = each === undefined ? 0n : milligrams({ value: each, uom: 'KGM' }) * BigInt(productionSurge.workers);
  if (found === undefined || mass - mean <= least) return null;
  if (mass * MILLION < highest * BigInt(productionSurge.highest)) return null;
  if (!isBeyondSpread(mass, before, productionSurge.deviations)) return null;
  return { ...one, subject, mass, mean, highest, months: before.length, ...found };
}

const surgesIn = (facts: Facts, parameters: Parameters): Surge[] =>
  [...monthsChanged(facts)].flatMap(([subject, one]) => surgeIn(subject, one, facts, parameters) ?? []);

/** Returns the surge of a site with its level over the mean as its confirmed capacity has raised it; null: there is none. */
function beyondCapacity(surge: Surge, facts: Facts, parameters: Parameters): Surge | null {
  if (surge.area.kind !== 'site') return surge;
  const raised = raisedWithCapacity(surge.mean, { ...surge, site: surge.area.id }, facts, parameters);
  const found = levelOf(surge.area, surge.mass, raised, parameters);
  return found === undefined ? null : { ...surge, ...found };
}

/** Returns whether the rule finds a month of an area. */
export function isSurge(one: MinedMonth, facts: Facts, parameters: Parameters): boolean {
  const surge = surgeIn(minedSubject(one.area, one.mineral, one.month), one, facts, parameters);
  return surge !== null && beyondCapacity(surge, facts, parameters) !== null;
}

/** Lists the months whose sums are a surge, so that their entries are read. */
export const surgesToRead = (facts: Facts, parameters: Parameters): string[] =>
  surgesIn(facts, parameters).map(({ subject }) => subject);

function declarationsOf({ subject, month, mineral }: Surge, { about }: Facts): JudgedOf<'lot.declared'>[] {
  return (about.get(subject) ?? []).flatMap((entry) =>
    isType(entry, 'lot.declared') && monthOf(entry.event.occurredAtMs) === month && declaredMass(entry, mineral) > 0n
      ? [entry]
      : [],
  );
}

const timesText = (mass: bigint, mean: bigint): string => (Number((mass * 10n) / mean) / 10).toFixed(1);

function observe(surge: Surge, facts: Facts): Observation[] {
  const { area, mineral, month, subject, mass, mean, highest, severity, above } = surge;
  const entries = declarationsOf(surge, facts).slice(-LOTS_NAMED);
  const sites = new Set(entries.map(({ event }) => event.place?.site));
  // Of a district with one site at work, the finding is that of the site.
  if (entries.length === 0 || (area.kind === 'district' && sites.size < 2)) return [];
  const lots = entries.flatMap(({ event }) =>
    event.payload.outputs.filter((output) => output.mineral === mineral).map(({ lot }) => lot),
  );
  const who = area.kind === 'site' ? `Site ${area.id}` : `The district ${area.id} (${countOf(sites.size, 'site')})`;
  return [
    {
      severity,
      subject,
      cause: 'surge',
      root: area.kind === 'site' ? siteSubject(area.id) : `district:${area.id}`,
      lots: [...new Set(lots)],
      events: entries.map(({ event }) => event.id),
      measured: `${timesText(mass, mean)} times the mean`,
      threshold: `${above / 1e6} times`,
      detail: `${who} declared ${massText(mass, mineral)} of ${mineral} in ${month}; in ${countOf(surge.months, 'month')} of the six before it declared ${massText(mean, mineral)} on average, and ${massText(highest, mineral)} at most. Likeliest: more diggers came, a new face was opened, or stock was declared at once; at worst mineral of other places, or of a country whose border was closed, goes under ${area.kind === 'site' ? 'its name' : 'their names'}. A count of the workers and the tag books of that month settle it.`,
      firstIndex: Math.min(...entries.map(({ index }) => index)),
    },
  ];
}

const levelsText = (levels: Parameters['productionSurge']['site']): string =>
  levels.map(({ above, severity }) => `${above / 1e6} times: ${severity}`).join(', ');

export const productionSurge: Rule<typeof schema, Parameters> = {
  id: 'production-surge',
  version: 2,
  group: 'origin',
  title: 'A site or a district declares many times what it did',
  means:
    'In one month a site, or all sites of a district together, declare several times what they declared in the half year before, though it may be within their capacity.',
  doesNotMean:
    'That the lots are false: a site grows, and a rush brings diggers. A site with less than three months of production is not judged, and a return after a strike is compared with the months in which it worked.',
  causes: {
    innocent: 'more diggers came, or a new face was opened',
    bad: 'mineral of other places goes under the name of the site',
  },
  advice:
    'Ask the operator of the site how many dug in that month and since when, and the authority for a count of workers and the tag books; look whether a border or a market near it was closed. It closes when wrong masses are corrected by `event.corrected`; a site that grew is explained by `finding.answered` after a visit.',
  parameters: schema,
  describe: ({ productionSurge: { site, district, highest, deviations, months, workers } }) =>
    `Declared mass of a mineral in a month (UTC) over the mean of those of the six months before in which there was production, at least ${months} of them. A site: ${levelsText(site)}. A district (the registered region, else a cell of half a degree) with at least two sites at work: ${levelsText(district)}. Only if it is also ${highest / 1e6} times the highest of those months and ${deviations} of their standard deviations above the mean, and the increase is more than ${workers} workers dig (\`site-over-capacity\`). The mean of a site is raised as its confirmed capacity has grown since. One finding a month.`,
  standard: 'ITSCI mine baseline; OECD Due Diligence Guidance, Annex II red flags of location',
  evidence: byHistory,
  scope: ['about', 'totals'],
  needs: 'whole',
  subjects: (facts) => [...monthsChanged(facts).keys()],
  evaluate: (facts, parameters) =>
    surgesIn(facts, parameters).flatMap((surge) => {
      const found = beyondCapacity(surge, facts, parameters);
      return found === null ? [] : observe(found, facts);
    }),
};
