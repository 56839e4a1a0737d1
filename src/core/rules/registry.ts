import { dateMs } from '../event/primitives.js';
import type { Facts, JudgedEvent, JudgedOf } from './facts.js';
import { isType } from './facts.js';
import type { Point, Ring } from './geography.js';
import { actorSubject, facilitySubject, siteSubject } from './subjects.js';

/** What the registry says, as rules ask for it: folded from its events, with everything that has been disclosed. */

const DAY = 86_400_000;

type SiteClaims = JudgedOf<'site.registered'>['event']['payload'];

export interface SiteFacts {
  id: string;
  country: string;
  operator: string;
  minerals: readonly string[];
  licence: SiteClaims['licence'];
  capacity: SiteClaims['capacity'];
  /** Null where it was not given or not disclosed. */
  point: Point | null;
  polygon: readonly Ring[] | null;
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

/** The newest that is said of a site; null if it is not loaded. */
export const siteFacts = remembered(readSite);

function readSite(facts: Facts, id: string): SiteFacts | null {
  let site: SiteFacts | null = null;
  const inspections: SiteFacts['inspections'][number][] = [];
  for (const { event, index } of facts.about.get(siteSubject(id)) ?? []) {
    if (event.type === 'site.registered') {
      const { country, operator, minerals, licence, capacity } = event.payload;
      site = { id, country, operator, minerals, licence, capacity, ...shapeOf(event.payload), inspections };
    } else if (event.type === 'site.updated' && site !== null) {
      const { country, operator, minerals, licence, capacity } = event.payload;
      const before: SiteFacts = site;
      const shape = shapeOf(event.payload);
      site = {
        ...before,
        country: country ?? before.country,
        operator: operator ?? before.operator,
        minerals: minerals ?? before.minerals,
        licence: licence ?? before.licence,
        capacity: capacity ?? before.capacity,
        point: shape.point ?? before.point,
        polygon: shape.polygon ?? before.polygon,
      };
    } else if (event.type === 'site.inspected') {
      const { date, certification, activity } = event.payload;
      inspections.push({ date, certification, activity, index, event: event.id });
    }
  }
  inspections.sort((a, b) => (a.date === b.date ? a.index - b.index : a.date < b.date ? -1 : 1));
  return site;
}

function shapeOf({ point, polygon }: Pick<SiteClaims, 'point' | 'polygon'>): Pick<SiteFacts, 'point' | 'polygon'> {
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

/** The status of a site at a time, by its newest inspection up to then and the status clock; null: never inspected. */
export function statusOn({ inspections }: SiteFacts, ms: number, clock: StatusClock): StatusOn | null {
  const inspection = inspections.findLast(({ date }) => (dateMs(date) ?? Infinity) <= ms);
  if (inspection === undefined) return null;
  const written = names[inspection.certification] ?? 'red';
  const days = (ms - (dateMs(inspection.date) ?? ms)) / DAY;
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

export interface ActorFacts {
  id: string;
  roles: readonly string[];
  country: string;
  /** In the order of the log; `from` is the day it speaks of, the day of its signature if it names none. */
  statuses: readonly { status: 'active' | 'suspended'; from: string; event: string; index: number }[];
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
        from: event.payload.from ?? event.occurredAt.slice(0, 10),
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
export function locate(facts: Facts, { event }: JudgedEvent, defaultAccuracyM: number): Located | 'undisclosed' | null {
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
      : (siteFacts(facts, place.site)?.point ?? null);
  if (registered !== null) return { point: registered, accuracyKm: 0, by: 'registry' };
  return (place._sd ?? []).length > 0 ? 'undisclosed' : null;
}
