import type { Scenario } from './scenario-file.js';
import { type Body, decimal, expandValue } from './short-forms.js';

/** Expands actors, sites and facilities to the claims of their registration; other values stay. */

type ActorOf = Scenario['actors'][string];
type SiteOf = Scenario['sites'][string];

/** Returns a square around a point: the polygon of a site given by its radius. */
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

/** Expands one rate to a rate for each mineral; without a rate those of the rules apply. */
function capacityOf(capacity: Body, minerals: readonly string[]): Body {
  const { kilogramsPerWorkerMonth: rate = {}, ...rest } = capacity;
  const rates =
    typeof rate === 'object' && rate !== null
      ? Object.entries(rate)
      : minerals.map((mineral) => [mineral, rate] as const);
  return { ...rest, kilogramsPerWorkerMonth: expandValue(Object.fromEntries(rates), 'kilogramsPerWorkerMonth') };
}

/**
 * Expands the claims of a site, in an event or in the registry.
 * @param minerals used if the claims name none.
 */
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

/**
 * Expands the certification of a site to an inspection.
 * @param before start of the scenario, ms.
 */
export function expandInspection(id: string, site: SiteOf, before: number): Body | null {
  const { certification, activity = 1, inspectedOn } = site;
  if (certification === undefined) return null;
  return { site: id, date: inspectedOn ?? new Date(before).toISOString().slice(0, 10), certification, activity };
}

export const expandFacility = (id: string, facility: Scenario['facilities'][string]): Body => ({
  facility: id,
  ...(expandValue(facility) as Body),
});

/** Expands the claims of an actor, without its key. */
export function expandActor(id: string, actor: ActorOf): Body {
  const { alg: _alg, cardValidUntil, card, country = 'ZZ', ...rest } = actor;
  const until = cardValidUntil === undefined ? card : { ...card, to: cardValidUntil };
  return { actor: id, country, ...rest, ...(until === undefined ? {} : { card: until }) };
}
