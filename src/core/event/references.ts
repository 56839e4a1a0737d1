import type { AditEvent } from './event.js';
import type { CommonClaims, EventType } from './types/event-type.js';
import { eventTypes } from './types/index.js';

/** Everything that admission must load before it judges an event; each list without repetition. */
export interface References {
  actors: readonly string[];
  /** Thumbprints of the key that signed, and of keys that the event adds or revokes. */
  kids: readonly string[];
  sites: readonly string[];
  facilities: readonly string[];
  /** Existing lots, each with the `prev` that the event names; null if the event does not extend the chain. */
  lots: readonly { lot: string; prev: string | null }[];
  /** Ids of the lots that the event creates. */
  outputs: readonly string[];
  /** Ids of other events: each `prev` and each target. */
  events: readonly string[];
}

/** The claims by which event types extend, consume or create lots; the names are the same in all types. */
interface LotClaims {
  /** Ids alone, or objects without `prev` if the chain is not extended. */
  lots?: readonly (string | { lot: string; prev?: string | undefined })[] | undefined;
  inputs?: readonly { lot: string; prev: string }[];
  outputs?: readonly { lot: string }[];
}

/** Cache: an event never changes, and many callers need its references. */
const listed = new WeakMap<AditEvent, References>();

/** Lists the rows that an event refers to, so that a caller can load them at once; they need not exist. */
export function references(event: AditEvent): Readonly<References> {
  const known = listed.get(event) ?? list(event);
  listed.set(event, known);
  return known;
}

function list(event: AditEvent): References {
  const eventType: EventType | undefined = eventTypes.get(event.type);
  const names = eventType?.names?.(event.payload) ?? {};
  const { lots, inputs, outputs }: CommonClaims & LotClaims = event.payload;
  const chained = [...(lots ?? []), ...(inputs ?? [])].flatMap((item) =>
    typeof item === 'string' || item.prev === undefined ? [] : [{ lot: item.lot, prev: item.prev }],
  );
  const mentioned = (names.lots ?? []).map((lot) => ({ lot, prev: null }));
  const existing = [...chained, ...mentioned];
  return {
    actors: distinct([event.iss, ...(names.actors ?? [])]),
    kids: distinct([event.kid, ...(names.kids ?? [])]),
    sites: distinct([event.place?.site, ...(names.sites ?? [])]),
    facilities: distinct([event.place?.facility, ...(names.facilities ?? [])]),
    lots: existing.length === 0 ? NONE : existing,
    outputs: outputs?.map(({ lot }) => lot) ?? NONE,
    events: distinct([...chained.map(({ prev }) => prev), ...(names.events ?? [])]),
  };
}

/** Serves all empty lists: the references of many events are kept, and most of their lists are empty. */
const NONE: readonly never[] = Object.freeze([]);

function distinct(ids: readonly (string | undefined)[]): readonly string[] {
  const given = ids.filter((id) => id !== undefined);
  if (given.length === 0) return NONE;
  return given.length === 1 ? given : [...new Set(given)];
}
