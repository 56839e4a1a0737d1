import { lotId } from '../../core/event/ids.js';
import { expandSiteClaims } from './expand-registry.js';
import type { Scenario, Step } from './scenario-file.js';
import { type Body, expandValue } from './short-forms.js';

/** Expands the short form of a step to the claims of wire.md (docs/scenarios.md has the table). Other values stay. */

/** Ids of lots by name, of events by step, and thumbprints by actor, while the scenario is played. */
export interface ScenarioNames {
  lot(name: string): string | undefined;
  /** Returns the newest event of a lot that an actor knows. */
  head(lot: string, actor: string): string | undefined;
  event(step: number): string | undefined;
  kid(actor: string): string | undefined;
  /** A logged event that extends no lot; precedes the first event of a lot that was never created. */
  readonly opening: string | undefined;
}

/** Types that name lots without extending their chains. */
const NAMING = new Set([
  'lot.held',
  'lot.released',
  'certificate.issued',
  'incident.reported',
  'transit.checked',
  'payment.recorded',
  'stock.counted',
]);
const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns the id of a lot; an unknown name becomes the id of a lot that does not exist. */
function idOf(name: string, { origin }: Scenario, known: ScenarioNames): string {
  return known.lot(name) ?? (LOT_ID.test(name) ? name : lotId(origin, 'nobody', name, 0));
}

/** Returns named lots as ids, or as objects if there are further claims. */
function named(item: unknown, scenario: Scenario, known: ScenarioNames): unknown {
  if (typeof item === 'string') return idOf(item, scenario, known);
  if (typeof item !== 'object' || item === null) return item;
  const { lot, ...more } = item as Body;
  const id = typeof lot === 'string' ? idOf(lot, scenario, known) : lot;
  return Object.keys(more).length === 0 ? id : { ...more, lot: id };
}

function linked(item: unknown, by: string, scenario: Scenario, known: ScenarioNames): unknown {
  const body: unknown = typeof item === 'string' ? { lot: item } : item;
  if (typeof body !== 'object' || body === null || !('lot' in body) || typeof body.lot !== 'string') return body;
  const id = idOf(body.lot, scenario, known);
  const given = 'prev' in body ? body.prev : undefined;
  const prev = typeof given === 'number' ? known.event(given) : (given ?? known.head(id, by) ?? known.opening);
  return { ...body, lot: id, ...(prev === undefined ? {} : { prev }) };
}

/** Expands `"hill"` to the site or facility of this name. */
function placeOf(name: string, { sites, facilities }: Scenario): unknown {
  if (sites[name] !== undefined) return { site: name };
  return facilities[name] === undefined ? name : { facility: name };
}

/** Returns the body of a step; outputs have the scenario's names until the event has its `jti`. */
export function expandStep(step: Step, scenario: Scenario, known: ScenarioNames): Body {
  const { at: _at, recordedAt: _recordedAt, by, type, ...rest } = step;
  const ofSite = type === 'site.registered' || type === 'site.updated';
  const minerals = scenario.sites[String(rest.site)]?.minerals ?? [];
  const body = ofSite ? expandSiteClaims(rest, minerals) : (expandValue(rest) as Body);
  for (const claim of ['lots', 'inputs']) {
    const list = body[claim];
    if (!Array.isArray(list)) continue;
    body[claim] = list.map((item: unknown) =>
      NAMING.has(type) ? named(item, scenario, known) : linked(item, by, scenario, known),
    );
  }
  if (typeof body.place === 'string') body.place = placeOf(body.place, scenario);
  if (typeof body.lot === 'string') body.lot = idOf(body.lot, scenario, known);
  if (typeof body.duplicateOf === 'string') body.duplicateOf = idOf(body.duplicateOf, scenario, known);
  if (Array.isArray(body.missing)) body.missing = body.missing.map((item: unknown) => named(item, scenario, known));
  if (Array.isArray(body.events))
    body.events = body.events.map((event: unknown) => (typeof event === 'number' ? known.event(event) : event));
  for (const claim of ['event', 'incident', 'dispute']) {
    const number = body[claim];
    if (typeof number === 'number') body[claim] = known.event(number);
  }
  if (type === 'key.revoked' && body.kid === undefined) body.kid = known.kid(String(body.actor));
  return body;
}
