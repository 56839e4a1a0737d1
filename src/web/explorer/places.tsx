import type { Degrees, RegisteredPlace } from '../../core/api/place.js';
import type { Say } from '../say.js';
import { Event, Site, Time } from '../ui/chips.js';
import type { MapData, MapPlace } from '../ui/map.js';
import type { Column } from '../ui/table.js';
import type { Story, StoryEvent } from './story.js';

/** What the reader may know of the places that the events of a lot name. */
export interface KnownPlaces {
  sites: ReadonlyMap<string, RegisteredPlace>;
  facilities: ReadonlyMap<string, RegisteredPlace>;
  /** Positions that events have themselves, by the id of the event. */
  positions: ReadonlyMap<string, Degrees>;
}

/** A place where goods were, with the first event there. */
export interface GoodsPlace extends MapPlace {
  kind: 'site' | 'facility' | 'position';
  event: Pick<StoryEvent, 'id' | 'type' | 'occurredAt'>;
}

export interface GoodsPlaces extends MapData {
  places: readonly GoodsPlace[];
}

/** Formats a position for people: "1.95° S, 30.06° E". */
export function degrees(say: Say, [longitude, latitude]: Degrees): string {
  const part = (value: number, word: string): string => `${say.number(Number(Math.abs(value).toFixed(3)))}° ${word}`;
  return [
    part(latitude, say.word(latitude < 0 ? 'map.south' : 'map.north')),
    part(longitude, say.word(longitude < 0 ? 'map.west' : 'map.east')),
  ].join(', ');
}

/** Reads the places of a story one event after the other. */
class Route {
  readonly places: GoodsPlace[] = [];
  private readonly ways = new Map<string, readonly [number, number]>();
  private readonly keys = new Map<string, number>();
  /** Where each lot was last. */
  private readonly last = new Map<string, number>();

  constructor(private readonly known: KnownPlaces) {}

  follow(event: StoryEvent): void {
    const { lots, claims } = event;
    const sources = (claims.inputs ?? []).map(({ lot }) => lot).filter((lot) => this.last.has(lot));
    const before = [...new Set([...sources, ...lots].flatMap((lot) => this.last.get(lot) ?? []))];
    const here = this.placeOf(event) ?? before[0];
    if (here === undefined) return;
    for (const from of before) if (from !== here) this.ways.set(`${from} ${here}`, [from, here]);
    for (const lot of lots) this.last.set(lot, here);
  }

  result(): GoodsPlaces {
    return { places: this.places, ways: [...this.ways.values()] };
  }

  private placeOf(event: StoryEvent): number | null {
    const place = this.read(event);
    if (place === null) return null;
    const key = `${place.kind} ${place.name}`;
    const number = this.keys.get(key) ?? this.places.push(place) - 1;
    this.keys.set(key, number);
    return number;
  }

  private read(event: StoryEvent): GoodsPlace | null {
    const { site, facility } = event.claims.place ?? {};
    const own = this.known.positions.get(event.id) ?? null;
    const { id, type, occurredAt } = event;
    const shared = { event: { id, type, occurredAt } };
    if (site === undefined && facility === undefined)
      return own === null
        ? null
        : { ...shared, kind: 'position', name: own.map((value) => value.toFixed(2)).join(' '), at: own, country: null };
    const registered = site === undefined ? this.known.facilities.get(facility ?? '') : this.known.sites.get(site);
    return {
      ...shared,
      kind: site === undefined ? 'facility' : 'site',
      name: site ?? facility ?? '',
      at: registered?.point ?? own,
      country: registered?.country ?? null,
    };
  }
}

/** Returns the places where goods were, and the ways between places that follow each other on the chain of a lot. */
export function routeOf({ events }: Pick<Story, 'events'>, known: KnownPlaces): GoodsPlaces {
  const route = new Route(known);
  for (const event of events) route.follow(event);
  return route.result();
}

/** Returns the name that a map has for a place: a position has none but itself, a country is named where nothing else is. */
export const mapOf = (say: Say, { places, ways }: GoodsPlaces): MapData => ({
  ways,
  places: places.map(({ kind, name, at, country }) => ({
    name: kind === 'position' ? '' : at === null && country !== null ? say.country(country) : name,
    at,
    country,
  })),
});

/** Columns of the places where goods were. */
export const placeColumns = (say: Say): Column<GoodsPlace>[] => [
  {
    title: say.word('column.where'),
    text: ({ kind, name }) => (kind === 'position' ? say.word('map.noName') : name),
    cell: ({ kind, name }) =>
      kind === 'site' ? <Site id={name} /> : kind === 'position' ? say.word('map.noName') : name,
  },
  { title: say.word('column.country'), text: ({ country }) => (country === null ? '' : say.country(country)) },
  {
    title: say.word('map.position'),
    text: ({ at }) => (at === null ? say.word('map.notShown') : degrees(say, at)),
  },
  {
    title: say.word('column.what'),
    text: ({ event }) => say.coded('event', event.type),
    cell: ({ event }) => <Event id={event.id}>{say.coded('event', event.type)}</Event>,
  },
  {
    title: say.word('column.when'),
    text: ({ event }) => event.occurredAt,
    cell: ({ event }) => <Time at={event.occurredAt} />,
  },
];
