import { lotId } from '../../core/event/ids.js';
import { expandSiteClaims } from './expand-registry.js';
import type { Scenario, Step } from './scenario-file.js';
import { type Body, expandValue } from './short-forms.js';

/**
 * The short form of a step as the claims of wire.md; docs/scenarios.md has the table. Everything that is not a short
 * form is passed on as it stands.
 */

/** Names of lots as ids, ids of events by step, thumbprints by actor: known while the scenario is played. */
export interface Known {
  lot(name: string): string | undefined;
  /** The newest event of a lot as far as an actor knows. */
  head(lot: string, actor: string): string | undefined;
  event(step: number): string | undefined;
  kid(actor: string): string | undefined;
  /** Some event that is logged and extends no lot: what stands before the first event of a lot that never was. */
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

/** The id of a lot; a name that no lot has got becomes the id of one that never was, so that the ledger does not know it. */
function idOf(name: string, { origin }: Scenario, known: Known): string {
  return known.lot(name) ?? (LOT_ID.test(name) ? name : lotId(origin, 'nobody', name, 0));
}

/** Lots that are only named stand as plain ids, but where something more is said of each. */
function named(item: unknown, scenario: Scenario, known: Known): unknown {
  if (typeof item === 'string') return idOf(item, scenario, known);
  if (typeof item !== 'object' || item === null) return item;
  const { lot, ...more } = item as Body;
  const id = typeof lot === 'string' ? idOf(lot, scenario, known) : lot;
  return Object.keys(more).length === 0 ? id : { ...more, lot: id };
}

function linked(item: unknown, by: string, scenario: Scenario, known: Known): unknown {
  const body: unknown = typeof item === 'string' ? { lot: item } : item;
  if (typeof body !== 'object' || body === null || !('lot' in body) || typeof body.lot !== 'string') return body;
  const id = idOf(body.lot, scenario, known);
  const given = 'prev' in body ? body.prev : undefined;
  const prev = typeof given === 'number' ? known.event(given) : (given ?? known.head(id, by) ?? known.opening);
  return { ...body, lot: id, ...(prev === undefined ? {} : { prev }) };
}

/** `"hill"` for the place: whichever of the two has that name. */
function placeOf(name: string, { sites, facilities }: Scenario): unknown {
  if (sites[name] !== undefined) return { site: name };
  return facilities[name] === undefined ? name : { facility: name };
}

/** The body of a step; outputs keep the scenario's names, which are replaced when the event has its `jti`. */
export function expandStep(step: Step, scenario: Scenario, known: Known): Body {
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
