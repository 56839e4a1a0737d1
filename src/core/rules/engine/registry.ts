import { dateMs } from '../../event/primitives.js';
import { dayOf } from './day.js';
import type { Facts, JudgedEvent, JudgedOf, SiteProduction } from './facts.js';
import { isType } from './facts.js';
import type { Point, Ring } from '../movement/geography.js';
import { actorSubject, facilitySubject, siteSubject } from './subjects.js';

/** The registry for rules: folded from its events, with all disclosures. */

const DAY = 86_400_000;

type SiteClaims = JudgedOf<'site.registered'>['event']['payload'];

export type Licence = NonNullable<SiteClaims['licence']>;

/** The state of a site from one entry on. */
interface SiteVersion {
  country: string;
  operator: string;
  minerals: SiteClaims['minerals'];
  capacity: SiteClaims['capacity'];
  /** Null if it was not given or not disclosed. */
  point: Point | null;
  polygon: readonly Ring[] | null;
  region: string | null;
  /** Every licence so far: a renewal does not shorten the one before. */
  licences: readonly Licence[];
  index: number;
  /** Time of the event, ms since 1970 UTC. */
  at: number;
}

/** The newest state of a site, and the states before. */
export interface SiteFacts extends SiteVersion {
  id: string;
  /** In the order of the log, its registration first. */
  versions: readonly SiteVersion[];
  /** By date, then in the order of the log. */
  inspections: readonly { date: string; certification: number; activity: number; index: number; event: string }[];
}

const pointFrom = ([lon, lat]: readonly string[]): Point => ({ lat: Number(lat), lon: Number(lon) });

/** Caches answers per set of facts: every rule asks for the same few sites and actors. */
function remembered<T>(answer: (facts: Facts, id: string) => T): (facts: Facts, id: string) => T {
  const known = new WeakMap<Facts['about'], Map<string, T>>();
  return (facts, id) => {
    const answers = known.get(facts.about) ?? new Map<string, T>();
    known.set(facts.about, answers);
    const before = answers.get(id);
    if (before !== undefined) return before;
    const now = answer(facts, id);
    answers.set(id, now);
    return now;
  };
}

/** Returns the state of a site; null if it is not loaded. */
export const siteFacts = remembered(readSite);

function readSite(facts: Facts, id: string): SiteFacts | null {
  const versions: SiteVersion[] = [];
  const inspections: SiteFacts['inspections'][number][] = [];
  for (const { event, index } of facts.about.get(siteSubject(id)) ?? []) {
    if (event.type === 'site.inspected') {
      const { date, certification, activity } = event.payload;
      inspections.push({ date, certification, activity, index, event: event.id });
    }
    if (event.type !== 'site.registered' && event.type !== 'site.updated') continue;
    const before = versions.at(-1);
    const said = { ...event.payload, ...shapeOf(event.payload) };
    const country = said.country ?? before?.country;
    const operator = said.operator ?? before?.operator;
    if (country === undefined || operator === undefined) continue;
    versions.push({
      country,
      operator,
      minerals: said.minerals ?? before?.minerals ?? [],
      capacity: said.capacity ?? before?.capacity,
      point: said.point ?? before?.point ?? null,
      polygon: said.polygon ?? before?.polygon ?? null,
      region: said.region ?? before?.region ?? null,
      licences: withLicence(before?.licences ?? [], said.licence),
      index,
      at: event.occurredAtMs,
    });
  }
  inspections.sort((a, b) => (a.date === b.date ? a.index - b.index : a.date < b.date ? -1 : 1));
  const newest = versions.at(-1);
  return newest === undefined ? null : { ...newest, id, versions, inspections };
}

/** Adds a licence, in place of those with its number that begin on its first day or later: it amends them. */
function withLicence(licences: readonly Licence[], told: Licence | undefined): readonly Licence[] {
  if (told === undefined) return licences;
  const isAmended = ({ number, from = '' }: Licence): boolean => number === told.number && (told.from ?? '') <= from;
  return [...licences.filter((known) => !isAmended(known)), told];
}

/** Returns a site as registered at a time, ms since 1970 UTC: a later boundary does not apply to earlier production. */
export function siteAt(facts: Facts, id: string, at: number): SiteFacts | null {
  const site = siteFacts(facts, id);
  return site === null
    ? null
    : { ...site, ...(site.versions.findLast((version) => version.at <= at) ?? site.versions[0]) };
}

/** Returns a site as the log had it below an index, for rules that do not re-evaluate when it is updated. */
export function siteBelow(facts: Facts, id: string, index: number): SiteFacts | null {
  const site = siteFacts(facts, id);
  return site === null
    ? null
    : { ...site, ...(site.versions.findLast((version) => version.index < index) ?? site.versions[0]) };
}

/** What makes a higher capacity count; from the parameters. */
export interface RaiseChecks {
  /** A raise up to this share of the capacity before, parts per million, needs no inspection. */
  raiseUnchecked: number;
  /** Days before and after a raise within which an inspection confirms it. */
  inspectedDaysBefore: number;
  inspectedDaysAfter: number;
}

/** Caches capacities of sites, for all lots that are judged together. */
const capacitiesByVersions = new WeakMap<readonly SiteVersion[], SiteProduction['capacities']>();

/**
 * Lists the capacities of a site by their first day (since 1970-01-01 UTC); the first has no beginning. At a site that is
 * inspected, a higher one counts if an inspection confirms it, or from the next inspection on.
 */
export function capacitiesOf(site: SiteFacts, checks: RaiseChecks): SiteProduction['capacities'] {
  const known = capacitiesByVersions.get(site.versions) ?? capacitiesIn(site, checks);
  capacitiesByVersions.set(site.versions, known);
  return known;
}

type Capacity = SiteProduction['capacities'][number]['capacity'];

function capacitiesIn(site: SiteFacts, checks: RaiseChecks): SiteProduction['capacities'] {
  const known: { from: number; capacity: Capacity }[] = [];
  for (const { capacity: told, at } of site.versions) {
    if (told === undefined) continue;
    const { workers, kilogramsPerWorkerMonth: rates } = told;
    const kilogramsPerWorkerMonth = Object.fromEntries(
      Object.entries(rates).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const capacity = { workers, kilogramsPerWorkerMonth };
    const before = known.at(-1)?.capacity;
    const day = Math.floor(at / DAY);
    const counts =
      before === undefined ? -Infinity : isRaised(before, capacity, checks) ? confirmedOn(site, day, checks) : day;
    if (counts === null) continue;
    // A later event for the same or an earlier day replaces those from that day on.
    while (known.length > 0 && (known.at(-1)?.from ?? 0) >= counts) known.pop();
    known.push({ from: known.length === 0 ? -Infinity : counts, capacity });
  }
  return known;
}

/** Returns whether a capacity is higher than the one before by more than needs no inspection, for any mineral. */
function isRaised(before: Capacity, after: Capacity, { raiseUnchecked }: RaiseChecks): boolean {
  const minerals = Object.keys(after.kilogramsPerWorkerMonth).filter((one) => one in before.kilogramsPerWorkerMonth);
  const perMonth = ({ workers, kilogramsPerWorkerMonth }: Capacity, mineral: string): number =>
    workers * Number(kilogramsPerWorkerMonth[mineral]);
  const isMore = (one: number, other: number): boolean => other * 1e6 > one * (1e6 + raiseUnchecked);
  return minerals.length === 0
    ? isMore(before.workers, after.workers)
    : minerals.some((mineral) => isMore(perMonth(before, mineral), perMonth(after, mineral)));
}

/** Returns the day from which a higher capacity counts that was logged on a day; null: no inspection confirms it yet. */
function confirmedOn({ inspections }: SiteFacts, day: number, checks: RaiseChecks): number | null {
  if (inspections.length === 0) return day;
  const days = inspections.map(({ date }) => (dateMs(date) ?? 0) / DAY);
  const first = days.find((inspected) => inspected >= day - checks.inspectedDaysBefore);
  if (first === undefined) return null;
  return first > day + checks.inspectedDaysAfter ? first : day;
}

/** Returns the newest capacity that the registry has of a site and that no inspection confirms; null: there is none. */
export function unconfirmedRaise(site: SiteFacts, checks: RaiseChecks): { on: string; workers: number } | null {
  const told = site.versions.findLast(({ capacity }) => capacity !== undefined);
  const counted = capacitiesOf(site, checks).at(-1)?.capacity;
  if (told?.capacity === undefined || counted === undefined) return null;
  const { workers, kilogramsPerWorkerMonth } = told.capacity;
  const isSame =
    workers === counted.workers &&
    Object.entries(kilogramsPerWorkerMonth).every(
      ([mineral, rate]) => counted.kilogramsPerWorkerMonth[mineral] === rate,
    );
  return isSame ? null : { on: new Date(told.at).toISOString().slice(0, 10), workers };
}

function shapeOf({ point, polygon }: Pick<SiteClaims, 'point' | 'polygon'>): Pick<SiteVersion, 'point' | 'polygon'> {
  return {
    point: point === undefined ? null : pointFrom(point),
    polygon: polygon === undefined ? null : polygon.coordinates.map((ring) => ring.map(pointFrom)),
  };
}

type SiteStatus = 'green' | 'blue' | 'yellow' | 'red';

/** Days after which a status lapses to another; from the parameters, by country. */
export interface StatusClock {
  greenDays: number;
  blueDays: number;
  yellowDays: number;
}

export interface StatusOn {
  status: SiteStatus;
  /** True if the status lapsed from the inspector's. */
  lapsed: boolean;
  inspection: SiteFacts['inspections'][number];
}

const names: readonly SiteStatus[] = ['blue', 'green', 'yellow', 'red'];

/**
 * Returns the status of a site on a day, by its newest inspection until then and the status clock; null: never
 * inspected. Ignores entries at or after `end`.
 */
export function statusOn(
  { inspections }: SiteFacts,
  day: string,
  clock: StatusClock,
  end: number = Infinity,
): StatusOn | null {
  const inspection = inspections.findLast(({ date, index }) => date <= day && index < end);
  if (inspection === undefined) return null;
  const written = names[inspection.certification] ?? 'red';
  const days = ((dateMs(day) ?? 0) - (dateMs(inspection.date) ?? 0)) / DAY;
  const status = lapse(written, days, clock);
  return { status, lapsed: status !== written, inspection };
}

/** Applies time: green lapses to blue; blue and uncured yellow lapse to red. */
function lapse(written: SiteStatus, days: number, { greenDays, blueDays, yellowDays }: StatusClock): SiteStatus {
  if (written === 'green') return days <= greenDays ? 'green' : days <= greenDays + blueDays ? 'blue' : 'red';
  if (written === 'blue') return days <= blueDays ? 'blue' : 'red';
  if (written === 'yellow') return days <= yellowDays ? 'yellow' : 'red';
  return 'red';
}

/** A status, in force from the day that it names; if it names none, from the time of its signature. */
export interface ActorStatus {
  status: 'active' | 'suspended';
  /** The day as written; the day of its signature if none is named. */
  from: string;
  /** That instant, ms since 1970 UTC; null if a day is named. */
  at: number | null;
  event: string;
  index: number;
}

export interface ActorFacts {
  id: string;
  roles: readonly string[];
  country: string;
  /** In the order of the log. */
  statuses: readonly ActorStatus[];
  /** In the order of the log: the validity of each card, both days included. */
  cards: readonly { from: string | null; to: string; event: string; index: number }[];
}

/** Returns the state of an actor; null if it is not loaded, or has no registration (root registrar, service). */
export const actorFacts = remembered(readActor);

function readActor(facts: Facts, id: string): ActorFacts | null {
  let found: Pick<ActorFacts, 'id' | 'roles' | 'country'> | null = null;
  const statuses: ActorFacts['statuses'][number][] = [];
  const cards: ActorFacts['cards'][number][] = [];
  for (const { event, index } of facts.about.get(actorSubject(id)) ?? []) {
    if (event.type !== 'actor.registered' && event.type !== 'actor.statusChanged') continue;
    const { card } = event.payload;
    if (card !== undefined) cards.push({ from: card.from ?? null, to: card.to, event: event.id, index });
    if (event.type === 'actor.registered') found = { id, roles: event.payload.roles, country: event.payload.country };
    else
      statuses.push({
        status: event.payload.status,
        from: event.payload.from ?? dayOf(event),
        at: event.payload.from === undefined ? event.occurredAtMs : null,
        event: event.id,
        index,
      });
  }
  return found === null ? null : { ...found, statuses, cards };
}

export interface FacilityFacts {
  id: string;
  kind: string;
  country: string;
  operator: string | null;
  point: Point | null;
  capacityPerMonth: JudgedOf<'facility.registered'>['event']['payload']['capacityPerMonth'];
}

export const facilityFacts = remembered(readFacility);

function readFacility(facts: Facts, id: string): FacilityFacts | null {
  const registered = (facts.about.get(facilitySubject(id)) ?? []).find((entry) => isType(entry, 'facility.registered'));
  if (registered === undefined) return null;
  const { kind, country, operator = null, point, capacityPerMonth } = registered.event.payload;
  return { id, kind, country, operator, point: point === undefined ? null : pointFrom(point), capacityPerMonth };
}

/** The place of an event. */
export interface Coordinates {
  point: Point;
  /** Radius of uncertainty, km. */
  accuracyKm: number;
  /** Whether the place is the event's own coordinates, or the registered ones of its site or facility. */
  by: 'coordinates' | 'registry';
}

/** Returns the place of an event. `undisclosed`: its coordinates are not disclosed. Null: it has none. */
export function locate(
  facts: Facts,
  { event, index }: JudgedEvent,
  defaultAccuracyM: number,
): Coordinates | 'undisclosed' | null {
  const { place } = event;
  if (place === undefined) return null;
  const { lat, lon, accuracyM } = place;
  if (lat !== undefined && lon !== undefined)
    return {
      point: { lat: Number(lat), lon: Number(lon) },
      accuracyKm: Number(accuracyM ?? defaultAccuracyM) / 1_000,
      by: 'coordinates',
    };
  const registered =
    place.site === undefined
      ? place.facility === undefined
        ? null
        : (facilityFacts(facts, place.facility)?.point ?? null)
      : (siteBelow(facts, place.site, index)?.point ?? null);
  if (registered !== null) return { point: registered, accuracyKm: 0, by: 'registry' };
  return (place._sd ?? []).length > 0 ? 'undisclosed' : null;
}

/** Returns the country of the facility or site that an event names; null if it names none that is known. */
export function countryOfPlace(facts: Facts, { event, index }: JudgedEvent): string | null {
  const { facility, site } = event.place ?? {};
  if (facility !== undefined) return facilityFacts(facts, facility)?.country ?? null;
  return site === undefined ? null : (siteBelow(facts, site, index)?.country ?? null);
}

/** Returns the country of goods at an entry: of its facility or site, else of its signer. Null: unknown (a carrier). */
export function countryOfGoods(entry: JudgedEvent, facts: Facts): string | null {
  const place = countryOfPlace(facts, entry);
  if (place !== null) return place;
  const actor = actorFacts(facts, entry.event.iss);
  return actor === null || actor.roles.every((role) => role === 'transporter') ? null : actor.country;
}
