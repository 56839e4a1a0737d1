import type { AditEvent } from './event.js';
import type { CommonClaims, EventType } from './types/event-type.js';
import { eventTypes } from './types/index.js';

/** Everything admission must have at hand before it judges an event; each list without repetition. */
export interface References {
  actors: string[];
  /** Thumbprints: of the key that signed, of keys it adds or revokes. */
  kids: string[];
  sites: string[];
  facilities: string[];
  /** Lots that exist already: with the `prev` it names, or null where the chain is not extended. */
  lots: { lot: string; prev: string | null }[];
  /** Ids of the lots it creates. */
  outputs: string[];
  /** Ids of other events: each `prev`, each target. */
  events: string[];
}

/** Where types that extend, consume or create lots say so; the names are the same in all of them. */
interface LotClaims {
  /** Ids alone, or objects without `prev`, where the chain is not extended. */
  lots?: readonly (string | { lot: string; prev?: string | undefined })[] | undefined;
  inputs?: readonly { lot: string; prev: string }[];
  outputs?: readonly { lot: string }[];
}

/** An event never changes, and many ask what it names. */
const listed = new WeakMap<AditEvent, References>();

/** Lists what an event names, so that it can be loaded at once; an id that is named need not exist. */
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
  return {
    actors: distinct([event.iss, ...(names.actors ?? [])]),
    kids: distinct([event.kid, ...(names.kids ?? [])]),
    sites: distinct([event.place?.site, ...(names.sites ?? [])]),
    facilities: distinct([event.place?.facility, ...(names.facilities ?? [])]),
    lots: [...chained, ...mentioned],
    outputs: (outputs ?? []).map(({ lot }) => lot),
    events: distinct([...chained.map(({ prev }) => prev), ...(names.events ?? [])]),
  };
}

const distinct = (ids: readonly (string | undefined)[]): string[] => [
  ...new Set(ids.filter((id): id is string => id !== undefined)),
];
