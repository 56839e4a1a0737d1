import * as z from 'zod';
import { milligrams } from '../../../custody/quantity.js';
import { countOf, massText } from '../../../words.js';
import { byHistory } from '../../engine/evidence.js';
import { type Facts, type JudgedOf, isType } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { siteSubject } from '../../engine/subjects.js';
import { monthAfter, monthOf } from '../../people/producers.js';
import { raisedWithCapacity } from './capacity-grown.js';
import {
  type MinedMonth,
  baselineOf,
  declaredMass,
  districtMonths,
  minedSubject,
  sitesIn,
  isBeyondSpread,
} from './mined-months.js';
import { type productionSurge, isSurge } from './production-surge.js';
import type { siteOverCapacity } from '../site-over-capacity.js';

const schema = {
  siteRisesAlone: z.strictObject({
    severity: parameter.severity.default('medium'),
    above: parameter.partsPerMillion
      .default(2_000_000)
      .describe(
        'Production of a site in a month over its mean, and over what its neighbours lead one to expect, parts per million',
      ),
    highest: parameter.partsPerMillion
      .default(1_400_000)
      .describe('Production over the highest month of the baseline, at least, parts per million'),
    deviations: z
      .number()
      .min(0)
      .default(3)
      .describe('Standard deviations of the baseline by which a month exceeds its mean, at least'),
    months: z.int().min(1).max(6).default(3).describe('Months of the six before with production of both, at least'),
    neighbours: z.int().min(1).default(2).describe('Other sites of the district at work in that month, at least'),
    workers: z
      .int()
      .min(0)
      .default(10)
      .describe('Workers whose usual production the increase must exceed (`siteOverCapacity.kilogramsPerWorkerMonth`)'),
    complete: parameter.partsPerMillion
      .default(900_000)
      .describe(
        'Production of the neighbours over theirs, parts per million, from which a month is judged before the next begins',
      ),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof productionSurge.parameters & typeof siteOverCapacity.parameters>;

const MILLION = 1_000_000n;
/** Lots that a finding names at most, the newest. */
const LOTS_NAMED = 1_000;

/** A site that produces much more than before in a month in which its neighbours do not. */
interface Rise extends MinedMonth {
  /** Subject of the district's month. */
  subject: string;
  site: string;
  mass: bigint;
  mean: bigint;
  months: number;
  neighbours: number;
  /** Production of the neighbours over theirs in the same months, parts per million. */
  around: bigint;
}

const total = (masses: readonly bigint[]): bigint => masses.reduce((sum, next) => sum + next, 0n);

/** Returns the rise of one site in a month of its district, by sums alone; null: there is none. */
function riseOf(
  site: string,
  [subject, one]: [string, MinedMonth],
  facts: Facts,
  parameters: Parameters,
): Omit<Rise, 'neighbours'> | null {
  const { area, mineral, month } = one;
  const { siteRisesAlone: limits, siteOverCapacity } = parameters;
  const own = (at: string): bigint => facts.totals.get(minedSubject({ kind: 'site', id: site }, mineral, at)) ?? 0n;
  const others = (at: string): bigint => (facts.totals.get(minedSubject(area, mineral, at)) ?? 0n) - own(at);
  const mass = own(month);
  if (mass === 0n) return null;
  const before = baselineOf(month).filter((at) => own(at) > 0n && others(at) > 0n);
  if (before.length < limits.months) return null;
  const [mean, theirs] = [own, others].map((sum) => total(before.map(sum)) / BigInt(before.length)) as [bigint, bigint];
  // Neighbours that are smaller together than the site are no measure for it.
  if (theirs < mean || others(month) <= 0n) return null;
  const around = (others(month) * MILLION) / theirs;
  // Early in a month a site may have sold what its neighbours sell later in it.
  const isOver = (facts.totals.get(minedSubject(area, mineral, monthAfter(month, 1))) ?? 0n) > 0n;
  if (!isOver && around < BigInt(limits.complete)) return null;
  const expected = around > MILLION ? (mean * around) / MILLION : mean;
  const each = siteOverCapacity.kilogramsPerWorkerMonth[mineral];
  const least = each === undefined ? 0n : milligrams({ value: each, uom: 'KGM' }) * BigInt(limits.workers);
  const isMore = before.every((at) => mass * MILLION >= own(at) * BigInt(limits.highest));
  if (!isMore || !isBeyondSpread(mass, before.map(own), limits.deviations)) return null;
  if (mass - mean <= least || mass * MILLION < expected * BigInt(limits.above)) return null;
  return { ...one, subject, site, mass, mean, months: before.length, around };
}

/** Lists the rises in the months that the entries can change or end, each of a site with neighbours at work. */
function risesIn(facts: Facts, parameters: Parameters): Rise[] {
  return districtMonths(facts).flatMap((district) => {
    const [, { area, mineral, month }] = district;
    const atWork = sitesIn(area, facts).filter(
      (id) => (facts.totals.get(minedSubject({ kind: 'site', id }, mineral, month)) ?? 0n) > 0n,
    );
    if (atWork.length <= parameters.siteRisesAlone.neighbours) return [];
    return atWork.flatMap((site) => {
      const rise = riseOf(site, district, facts, parameters);
      return rise === null ? [] : [{ ...rise, neighbours: atWork.length - 1 }];
    });
  });
}

const monthOfSite = ({ site, mineral, month }: Rise): string =>
  minedSubject({ kind: 'site', id: site }, mineral, month);

/** Lists the months of sites that rise by sums alone, and the sites, so that their entries are read. */
export const risesToRead = (facts: Facts, parameters: Parameters): string[] =>
  risesIn(facts, parameters).flatMap((rise) => [monthOfSite(rise), siteSubject(rise.site)]);

function declarationsOf(rise: Rise, { about }: Facts): JudgedOf<'lot.declared'>[] {
  return (about.get(monthOfSite(rise)) ?? []).flatMap((entry) =>
    isType(entry, 'lot.declared') &&
    monthOf(entry.event.occurredAtMs) === rise.month &&
    declaredMass(entry, rise.mineral) > 0n
      ? [entry]
      : [],
  );
}

const timesText = (millionths: bigint): string => (Number(millionths) / 1e6).toFixed(1);

function observe(rise: Rise, facts: Facts, parameters: Parameters): Observation[] {
  const { site, area, mineral, month, subject, mass, mean, months, neighbours, around } = rise;
  const { severity, above } = parameters.siteRisesAlone;
  const raised = raisedWithCapacity(mean, rise, facts, parameters);
  const entries = declarationsOf(rise, facts).slice(-LOTS_NAMED);
  if (entries.length === 0 || mass * MILLION < raised * BigInt(above)) return [];
  if (isSurge({ ...rise, area: { kind: 'site', id: site } }, facts, parameters)) return [];
  const lots = entries.flatMap(({ event }) =>
    event.payload.outputs.filter((output) => output.mineral === mineral).map(({ lot }) => lot),
  );
  const times = timesText((mass * MILLION) / mean);
  return [
    {
      severity,
      subject,
      cause: site,
      root: siteSubject(site),
      lots: [...new Set(lots)],
      events: entries.map(({ event }) => event.id),
      measured: `${times} times the mean`,
      threshold: `${timesText(BigInt(above))} times`,
      detail: `Site ${site} declared ${massText(mass, mineral)} of ${mineral} in ${month}, ${times} times its mean of ${massText(mean, mineral)} in ${countOf(months, 'month')} before, while ${countOf(neighbours, 'other site')} of the district ${area.id} together declared ${timesText(around)} times theirs. Likeliest: a new face or more diggers at this site alone, of which no inspection tells; at worst mineral of other places goes under its name. The operator’s wage lists and the tag books of that month settle it.`,
      firstIndex: Math.min(...entries.map(({ index }) => index)),
    },
  ];
}

export const siteRisesAlone: Rule<typeof schema, Parameters> = {
  id: 'site-rises-alone',
  version: 1,
  group: 'origin',
  title: 'A site declares far more while its neighbours do not',
  means:
    'In one month a site declares much more than in the half year before, though the other sites of its district do not: neither a season nor a market explains it.',
  doesNotMean:
    'That the lots are false: a new face, a machine or more diggers raise one site alone. A whole district that rises together, and a capacity that an inspection confirms, are not meant.',
  causes: {
    innocent: 'a new face or more diggers at this site alone',
    bad: 'mineral of other places goes under the name of the site',
  },
  advice:
    'Ask the operator of the site what changed in that month, and the authority for a visit with a count of workers and the tag books. It closes when a higher capacity is logged by `site.updated` and confirmed by an inspection, or when wrong masses are corrected by `event.corrected`; a site that grew is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ siteRisesAlone: { severity, above, highest, deviations, months, neighbours, workers, complete } }) =>
    `Declared mass of a mineral at a site in a month (UTC), once something is declared in the district in the next or its neighbours have declared ${complete / 1e4} % of what they usually do: at least ${above / 1e6} times the mean of the six months before (of at least ${months} in which both the site and its neighbours declared some), and ${above / 1e6} times that mean raised as the other sites of its district rose together, if at least ${neighbours} of them are at work and they usually declare as much as it: ${severity}. Only if it is also ${highest / 1e6} times each of those months and ${deviations} of their standard deviations above the mean, the increase is more than ${workers} workers dig, and the confirmed capacity has not grown as much; and not what \`production-surge\` finds. Of a district with more than 100 sites the first hundred are compared.`,
  standard: 'ITSCI mine baseline; OECD Due Diligence Guidance, Annex II red flags of location',
  evidence: byHistory,
  scope: ['about', 'totals'],
  needs: 'whole',
  subjects: (facts) => districtMonths(facts).map(([subject]) => subject),
  evaluate: (facts, parameters) => risesIn(facts, parameters).flatMap((rise) => observe(rise, facts, parameters)),
};
