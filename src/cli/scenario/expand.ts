import type { Scenario, Step } from './scenario-file.js';

/**
 * The short forms of a scenario as the claims of wire.md; docs/scenarios.md has the table. Everything that is not a
 * short form is passed on as it stands.
 */

/** Names of lots as ids, ids of events by step, thumbprints by actor: known while the scenario is played. */
export interface Known {
  lot(name: string): string | undefined;
  head(lot: string): string | undefined;
  event(step: number): string | undefined;
  kid(actor: string): string | undefined;
}

export type Body = Record<string, unknown>;

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?) (KGM|GRM|TNE)$/;

const quantity = (text: string): Body | null => {
  const match = QUANTITY.exec(text);
  return match === null ? null : { value: match[1], uom: match[2] };
};

/** Coordinates and distances are written as numbers, and signed as decimal strings. */
const DECIMAL_CLAIMS = new Set(['lat', 'lon', 'accuracyM', 'moisturePercent']);

const decimal = (value: number): string => value.toFixed(6).replace(/\.?0+$/, '');

export const pointOf = ([longitude, latitude]: readonly [number, number]): string[] => [
  decimal(longitude),
  decimal(latitude),
];

/** `"48.6 KGM"` anywhere, and numbers where decimals are strings. */
function expandValue(value: unknown, claim: string): unknown {
  if (typeof value === 'string') return quantity(value) ?? value;
  if (typeof value === 'number') return DECIMAL_CLAIMS.has(claim) || !Number.isInteger(value) ? decimal(value) : value;
  if (Array.isArray(value)) {
    const coordinates = claim === 'point' && value.length === 2 && value.every((part) => typeof part === 'number');
    return coordinates ? pointOf(value as [number, number]) : value.map((item) => expandValue(item, claim));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expandValue(inner, name)]));
}

/** Types that name lots without extending their chains: plain ids, or a lot without `prev`. */
const NAMING = new Set([
  'lot.held',
  'lot.released',
  'certificate.issued',
  'incident.reported',
  'transit.checked',
  'payment.recorded',
  'stock.counted',
]);

function named(item: unknown, known: Known): unknown {
  if (typeof item === 'string') return known.lot(item) ?? item;
  const body = item as Body;
  return { ...body, lot: known.lot(String(body.lot)) ?? body.lot };
}

function linked(item: unknown, known: Known): Body {
  const body: Body = typeof item === 'string' ? { lot: item } : { ...(item as Body) };
  const id = known.lot(String(body.lot)) ?? String(body.lot);
  const prev = typeof body.prev === 'number' ? known.event(body.prev) : (body.prev ?? known.head(id));
  return { ...body, lot: id, ...(prev === undefined ? {} : { prev }) };
}

/** The body of a step; outputs keep the scenario's names, which are replaced when the event has its `jti`. */
export function expandStep(step: Step, known: Known): Body {
  const { at: _at, recordedAt: _recordedAt, by: _by, type, ...rest } = step;
  const body = expandValue(rest, '') as Body;
  for (const claim of ['lots', 'inputs']) {
    const list = body[claim];
    if (!Array.isArray(list)) continue;
    body[claim] = NAMING.has(type)
      ? list.map((item: unknown) => named(item, known))
      : list.map((item: unknown) => linked(item, known));
  }
  if (typeof body.lot === 'string') body.lot = known.lot(body.lot) ?? body.lot;
  if (Array.isArray(body.events))
    body.events = body.events.map((event: unknown) => (typeof event === 'number' ? known.event(event) : event));
  if (Array.isArray(body.missing)) body.missing = body.missing.map((lot: string) => known.lot(lot) ?? lot);
  for (const claim of ['event', 'incident', 'dispute']) {
    const number = body[claim];
    if (typeof number === 'number') body[claim] = known.event(number);
  }
  if (type === 'key.revoked' && body.kid === undefined) body.kid = known.kid(String(body.actor));
  return body;
}

/** A square round a point: the polygon of a site that the scenario gives by its radius. */
function polygonOf([longitude, latitude]: readonly [number, number], radius: number): Body {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
    [-1, -1],
  ] as const;
  const ring = corners.map(([east, north]) => pointOf([longitude + east * radius, latitude + north * radius]));
  return { type: 'Polygon', coordinates: [ring] };
}

type SiteOf = Scenario['sites'][string];

function capacityOf({ capacity, minerals }: SiteOf): Body | undefined {
  if (capacity === undefined) return undefined;
  const { workers, kilogramsPerWorkerMonth: rate } = capacity;
  const rates = typeof rate === 'object' ? Object.entries(rate) : minerals.map((mineral) => [mineral, rate] as const);
  return {
    workers,
    kilogramsPerWorkerMonth: Object.fromEntries(rates.map(([mineral, value]) => [mineral, String(value)])),
  };
}

export function expandSite(id: string, site: SiteOf): Body {
  const { country, operator, minerals, point, polygonRadiusDegrees: radius, licence } = site;
  const capacity = capacityOf(site);
  return {
    site: id,
    country,
    operator,
    minerals,
    ...(point === undefined ? {} : { point: pointOf(point) }),
    ...(point === undefined || radius === undefined ? {} : { polygon: polygonOf(point, radius) }),
    ...(licence === undefined ? {} : { licence: { holder: operator, minerals, ...licence } }),
    ...(capacity === undefined ? {} : { capacity }),
  };
}

export function expandFacility(id: string, facility: Scenario['facilities'][string]): Body {
  return { facility: id, ...(expandValue(facility, '') as Body) };
}
