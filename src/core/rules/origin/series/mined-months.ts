import { milligrams } from '../../../custody/quantity.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../../engine/facts.js';
import { siteBelow } from '../../engine/registry.js';
import type { AmountFiling, Filing } from '../../engine/subjects.js';
import { mineralsIn, monthAfter, monthOf } from '../../people/producers.js';

/** What sites and districts declare of each mineral in a month, as sums and as entries. */

/** Months before a month that are its baseline. */
const BASELINE = 6;
/** Size of a district for sites whose registration names no region, degrees. */
const CELL = 0.5;

/** A site, or a district: a registered region, else a cell of a grid. */
export interface Area {
  kind: 'site' | 'district';
  id: string;
}

type Declaration = JudgedOf<'lot.declared'>;

export const minedSubject = ({ kind, id }: Area, mineral: string, month: string): string =>
  `${kind === 'site' ? 'mined' : 'mined-in'}:${id}/${mineral}/${month}`;

const slug = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');

/** Returns the district of a site, as the log had it before an entry; null: neither region nor point is known. */
function districtOf(site: string, index: number, facts: Facts): Area | null {
  const known = siteBelow(facts, site, index);
  if (known === null) return null;
  const { country, region, point } = known;
  if (region !== null) return { kind: 'district', id: `${country}.${slug(region)}` };
  if (point === null) return null;
  const cell = [point.lat, point.lon].map((degrees) => (Math.floor(degrees / CELL) * CELL).toFixed(1));
  return { kind: 'district', id: `${country}.${cell.join('.')}` };
}

/** Lists the site of a declaration and its district. */
function areasOf({ event, index }: Declaration, facts: Facts): Area[] {
  const site = event.place?.site;
  if (site === undefined) return [];
  const district = districtOf(site, index, facts);
  return [{ kind: 'site', id: site }, ...(district === null ? [] : [district])];
}

/** Returns the mass of one mineral that an entry declares, mg. */
export const declaredMass = ({ event }: Declaration, mineral: string): bigint =>
  event.payload.outputs.reduce((sum, output) => (output.mineral === mineral ? sum + milligrams(output.mass) : sum), 0n);

/** Lists what a declaration adds to the months of its site and its district. */
export function minedIn(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  if (!isType(entry, 'lot.declared')) return [];
  const at = entry.event.occurredAtMs;
  return areasOf(entry, facts).flatMap((area) =>
    mineralsIn(entry.event).map((mineral) => ({
      subject: minedSubject(area, mineral, monthOf(at)),
      at,
      amount: declaredMass(entry, mineral),
    })),
  );
}

/** Sites of one district that are compared with each other at most, those that were registered first. */
const MOST_SITES = 100;

const sitesInSubject = (district: string): string => `sites-in:${district}`;

/** Lists what a registration, or a change of one, adds to the sites of its district. */
export function registeredIn({ event, index }: JudgedEvent, facts: Facts): Filing[] {
  if (event.type !== 'site.registered' && event.type !== 'site.updated') return [];
  const district = districtOf(event.payload.site, index + 1, facts);
  return district === null ? [] : [{ subject: sitesInSubject(district.id), at: event.occurredAtMs }];
}

/** Lists the sites that are registered in a district, in order. */
export function sitesIn(district: Area, { about }: Pick<Facts, 'about'>): string[] {
  const sites = new Set<string>();
  for (const { event } of about.get(sitesInSubject(district.id)) ?? [])
    if (event.type === 'site.registered' || event.type === 'site.updated') sites.add(event.payload.site);
  return [...sites].slice(0, MOST_SITES);
}

/** A month of an area that may be judged anew because of an entry. */
export interface MinedMonth {
  area: Area;
  mineral: string;
  month: string;
}

/** Caches the months of a set of facts: the loader and the rule ask for them. */
const monthsByFacts = new WeakMap<Facts, readonly MinedMonth[]>();

/** Lists the months of areas in which entries to judge declare something, each once. */
function monthsDeclared(facts: Facts): readonly MinedMonth[] {
  const known = monthsByFacts.get(facts);
  if (known !== undefined) return known;
  const months = new Map<string, MinedMonth>();
  for (const entry of facts.entries) {
    if (!isType(entry, 'lot.declared')) continue;
    const month = monthOf(entry.event.occurredAtMs);
    for (const area of areasOf(entry, facts))
      for (const mineral of mineralsIn(entry.event))
        months.set(minedSubject(area, mineral, month), { area, mineral, month });
  }
  const listed = [...months.values()];
  monthsByFacts.set(facts, listed);
  return listed;
}

/** Lists the months from so many before to the last of which the entries are in the baseline, each once. */
function monthsFrom(facts: Facts, before: number): Map<string, MinedMonth> {
  const months = new Map<string, MinedMonth>();
  for (const { area, mineral, month } of monthsDeclared(facts))
    for (let later = -before; later <= BASELINE; later += 1) {
      const one = { area, mineral, month: monthAfter(month, later) };
      months.set(minedSubject(area, mineral, one.month), one);
    }
  return months;
}

/** Lists the months that the entries can change, each once: their own, and those of which they are in the baseline. */
export const monthsChanged = (facts: Facts): Map<string, MinedMonth> => monthsFrom(facts, 0);

/** Lists the months before a month, oldest first. */
export const baselineOf = (month: string): string[] =>
  Array.from({ length: BASELINE }, (_, i) => monthAfter(month, i - BASELINE));

/**
 * Returns whether a month exceeds the mean of those before it by so many of their standard deviations: where production comes
 * in a few large loads, one more is chance.
 */
export function isBeyondSpread(mass: bigint, before: readonly bigint[], deviations: number): boolean {
  const masses = before.map(Number);
  const mean = masses.reduce((sum, next) => sum + next, 0) / masses.length;
  const squares = masses.reduce((sum, next) => sum + (next - mean) ** 2, 0);
  return Number(mass) >= mean + deviations * Math.sqrt(squares / Math.max(1, masses.length - 1));
}

/** Lists the sums that the judged months and their baselines need. */
export const sumsOfMonths = (facts: Facts): string[] =>
  monthsDeclared(facts).flatMap(({ area, mineral, month }) =>
    Array.from({ length: 2 * BASELINE + 2 }, (_, i) =>
      minedSubject(area, mineral, monthAfter(month, i - BASELINE - 1)),
    ),
  );

/** Lists the subjects of the registered sites of the districts in which entries declare something. */
export const readsOfDistricts = (facts: Facts): string[] => [
  ...new Set(monthsDeclared(facts).flatMap(({ area }) => (area.kind === 'district' ? [sitesInSubject(area.id)] : []))),
];

/** Lists the months of districts that the entries change or end, and in which something is declared, by their subjects. */
export const districtMonths = (facts: Facts): [string, MinedMonth][] =>
  [...monthsFrom(facts, 1)].filter(
    ([subject, { area }]) => area.kind === 'district' && (facts.totals.get(subject) ?? 0n) > 0n,
  );

/** Lists the sums of all sites of these districts that are compared, of months in which their district declared something. */
export const sumsOfSites = (facts: Facts): string[] => [
  ...new Set(
    districtMonths(facts).flatMap(([, { area, mineral, month }]) => {
      const worked = [...baselineOf(month), month].filter(
        (one) => (facts.totals.get(minedSubject(area, mineral, one)) ?? 0n) > 0n,
      );
      return sitesIn(area, facts).flatMap((id) =>
        worked.map((one) => minedSubject({ kind: 'site', id }, mineral, one)),
      );
    }),
  ),
];
