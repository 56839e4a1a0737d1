import { dateMs } from '../event/primitives.js';
import { dayOf } from './day.js';
import type { Facts, JudgedEvent, JudgedOf, SiteProduction } from './facts.js';
import { isType } from './facts.js';
import type { Point, Ring } from './geography.js';
import { actorSubject, facilitySubject, siteSubject } from './subjects.js';

/** What the registry says, as rules ask for it: folded from its events, with everything that has been disclosed. */

const DAY = 86_400_000;

type SiteClaims = JudgedOf<'site.registered'>['event']['payload'];

export type Licence = NonNullable<SiteClaims['licence']>;

/** What the registry said of a site from one entry on. */
export interface SiteVersion {
  country: string;
  operator: string;
  minerals: SiteClaims['minerals'];
  capacity: SiteClaims['capacity'];
  /** Null where it was not given or not disclosed. */
  point: Point | null;
  polygon: readonly Ring[] | null;
  /** Every licence that it has or had: a renewal does not take away the days of the one before. */
  licences: readonly Licence[];
  index: number;
  /** When it was said, ms since 1970 UTC. */
  at: number;
}

/** The newest that is said of a site, and what was said before. */
export interface SiteFacts extends SiteVersion {
  id: string;
  /** In the order of the log, its registration first. */
  versions: readonly SiteVersion[];
  /** By date, then by the order of the log. */
  inspections: readonly { date: string; certification: number; activity: number; index: number; event: string }[];
}

const pointFrom = ([lon, lat]: readonly string[]): Point => ({ lat: Number(lat), lon: Number(lon) });

/** Answers about one set of facts are worked out once: every rule asks for the same few sites and actors. */
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

/** What is said of a site; null if it is not loaded. */
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
      licences: withLicence(before?.licences ?? [], said.licence),
      index,
      at: event.occurredAtMs,
    });
  }
  inspections.sort((a, b) => (a.date === b.date ? a.index - b.index : a.date < b.date ? -1 : 1));
  const newest = versions.at(-1);
  return newest === undefined ? null : { ...newest, id, versions, inspections };
}

/** A licence that is told again under its number from the same day on is amended, as when it ends early; any other comes beside. */
function withLicence(licences: readonly Licence[], told: Licence | undefined): readonly Licence[] {
  if (told === undefined) return licences;
  const isAmended = ({ number, from = '' }: Licence): boolean => number === told.number && (told.from ?? '') <= from;
  return [...licences.filter((known) => !isAmended(known)), told];
}

/** A site as the registry had it at a time, ms since 1970 UTC: what was redrawn later does not hold for what was dug before. */
export function siteAt(facts: Facts, id: string, at: number): SiteFacts | null {
  const site = siteFacts(facts, id);
  return site === null
    ? null
    : { ...site, ...(site.versions.findLast((version) => version.at <= at) ?? site.versions[0]) };
}

/** A site as the log had it below an index, for rules that are not asked again when it is updated. */
export function siteBelow(facts: Facts, id: string, index: number): SiteFacts | null {
  const site = siteFacts(facts, id);
  return site === null
    ? null
    : { ...site, ...(site.versions.findLast((version) => version.index < index) ?? site.versions[0]) };
}

/** The capacities that a site has had, by the days from which they hold (since 1970-01-01 UTC); the first that is known, since ever. */
export function capacitiesOf({ versions }: SiteFacts): SiteProduction['capacities'] {
  const known: { from: number; capacity: SiteProduction['capacities'][number]['capacity'] }[] = [];
  for (const { capacity, at } of versions) {
    if (capacity === undefined) continue;
    const { workers, kilogramsPerWorkerMonth: rates } = capacity;
    const kilogramsPerWorkerMonth = Object.fromEntries(
      Object.entries(rates).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const from = known.length === 0 ? -Infinity : Math.floor(at / DAY);
    // A later word on the same or an earlier day replaces what it follows.
    while (known.length > 0 && (known.at(-1)?.from ?? 0) >= from) known.pop();
    known.push({ from: known.length === 0 ? -Infinity : from, capacity: { workers, kilogramsPerWorkerMonth } });
  }
  return known;
}

function shapeOf({ point, polygon }: Pick<SiteClaims, 'point' | 'polygon'>): Pick<SiteVersion, 'point' | 'polygon'> {
  return {
    point: point === undefined ? null : pointFrom(point),
    polygon: polygon === undefined ? null : polygon.coordinates.map((ring) => ring.map(pointFrom)),
  };
}

export type SiteStatus = 'green' | 'blue' | 'yellow' | 'red';

/** Days after which a status becomes another; from the parameters, by country. */
export interface StatusClock {
  greenDays: number;
  blueDays: number;
  yellowDays: number;
}

export interface StatusOn {
  status: SiteStatus;
  /** True where the status is not what the inspector wrote, but what time has made of it. */
  lapsed: boolean;
  inspection: SiteFacts['inspections'][number];
}

const names: readonly SiteStatus[] = ['blue', 'green', 'yellow', 'red'];

/**
 * The status of a site on a day, by its newest inspection up to then and the status clock; null: never inspected. What was
 * said at or after the entry `end` does not count.
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

/** Green lapses to blue, blue after its own time counts as red, yellow that is not cured as red. */
function lapse(written: SiteStatus, days: number, { greenDays, blueDays, yellowDays }: StatusClock): SiteStatus {
  if (written === 'green') return days <= greenDays ? 'green' : days <= greenDays + blueDays ? 'blue' : 'red';
  if (written === 'blue') return days <= blueDays ? 'blue' : 'red';
  if (written === 'yellow') return days <= yellowDays ? 'yellow' : 'red';
  return 'red';
}

/** It holds from the day it speaks of; where it names none, from the instant of its signature. */
export interface ActorStatus {
  status: 'active' | 'suspended';
  /** The day, as written there: that of its signature where it names none. */
  from: string;
  /** That instant, ms since 1970 UTC; null where a day is named. */
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
  /** In the order of the log: until when each card is valid, both days included. */
  cards: readonly { from: string | null; to: string; event: string; index: number }[];
}

/** What is said of an actor; null if it is not loaded (the root registrar and the service have no registration). */
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

/** Where an event says that it happened. */
export interface Located {
  point: Point;
  /** Radius within which it surely lies, km. */
  accuracyKm: number;
  /** By its own coordinates, or by those that its site or facility is registered with. */
  by: 'coordinates' | 'registry';
}

/** `undisclosed`: there are coordinates, and nobody has shown them. Null: nothing is said. */
export function locate(
  facts: Facts,
  { event, index }: JudgedEvent,
  defaultAccuracyM: number,
): Located | 'undisclosed' | null {
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

/** The country of the facility or the site that an event names; null where it names none that is known. */
export function countryOfPlace(facts: Facts, { event, index }: JudgedEvent): string | null {
  const { facility, site } = event.place ?? {};
  if (facility !== undefined) return facilityFacts(facts, facility)?.country ?? null;
  return site === undefined ? null : (siteBelow(facts, site, index)?.country ?? null);
}
