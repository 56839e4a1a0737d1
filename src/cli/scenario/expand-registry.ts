import type { Scenario } from './scenario-file.js';
import { type Body, decimal, expandValue } from './short-forms.js';

/** Actors, sites and facilities in short as the claims by which they are registered; what is no short form is passed on. */

type ActorOf = Scenario['actors'][string];
type SiteOf = Scenario['sites'][string];

/** A square round a point: the polygon of a site that the scenario gives by its radius. */
function polygonOf(point: readonly (number | string)[], radius: number): Body {
  const [longitude = 0, latitude = 0] = point.map(Number);
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
    [-1, -1],
  ] as const;
  const ring = corners.map(([east, north]) => [decimal(longitude + east * radius), decimal(latitude + north * radius)]);
  return { type: 'Polygon', coordinates: [ring] };
}

/** A rate for all is one for each mineral; none at all leaves the rates of the rules in force. */
function capacityOf(capacity: Body, minerals: readonly string[]): Body {
  const { kilogramsPerWorkerMonth: rate = {}, ...rest } = capacity;
  const rates =
    typeof rate === 'object' && rate !== null
      ? Object.entries(rate)
      : minerals.map((mineral) => [mineral, rate] as const);
  return { ...rest, kilogramsPerWorkerMonth: expandValue(Object.fromEntries(rates), 'kilogramsPerWorkerMonth') };
}

/** The claims of a site, in an event of its own or in the registry. @param minerals where the claims do not name them. */
export function expandSiteClaims(claims: Body, minerals: readonly string[]): Body {
  const { polygonRadiusDegrees: radius, capacity, ...rest } = claims;
  const own = Array.isArray(rest.minerals) ? (rest.minerals as string[]) : minerals;
  const { point, polygon } = rest;
  return {
    ...(expandValue(rest) as Body),
    ...(typeof radius === 'number' && Array.isArray(point) && polygon === undefined
      ? { polygon: polygonOf(point as number[], radius) }
      : {}),
    ...(typeof capacity === 'object' && capacity !== null ? { capacity: capacityOf(capacity as Body, own) } : {}),
  };
}

export function expandSite(id: string, site: SiteOf): Body {
  const { certification: _certification, activity: _activity, inspectedOn: _inspectedOn, licence, ...rest } = site;
  const { operator, minerals } = site;
  return {
    site: id,
    ...expandSiteClaims(rest, minerals),
    ...(licence === undefined ? {} : { licence: { holder: operator, minerals, ...licence } }),
  };
}

/** The certification of a site as the inspection that found it. @param before when the scenario begins, ms. */
export function expandInspection(id: string, site: SiteOf, before: number): Body | null {
  const { certification, activity = 1, inspectedOn } = site;
  if (certification === undefined) return null;
  return { site: id, date: inspectedOn ?? new Date(before).toISOString().slice(0, 10), certification, activity };
}

export const expandFacility = (id: string, facility: Scenario['facilities'][string]): Body => ({
  facility: id,
  ...(expandValue(facility) as Body),
});

/** What is said of an actor beside its key. */
export function expandActor(id: string, actor: ActorOf): Body {
  const { alg: _alg, cardValidUntil, card, country = 'ZZ', ...rest } = actor;
  const until = cardValidUntil === undefined ? card : { ...card, to: cardValidUntil };
  return { actor: id, country, ...rest, ...(until === undefined ? {} : { card: until }) };
}
