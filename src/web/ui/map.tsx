import type { Position } from 'geojson';
import type { VNode } from 'preact';
import { useSay } from './frame.js';
import { world } from './outlines.js';
import { MAP, drawerOf, projectionOf } from './project.js';

/** What a map shows: places, of which some are known by their country alone, and the ways between them. */
export interface MapData {
  places: readonly MapPlace[];
  /** Ways from a place to another, by their places in the list. */
  ways: readonly (readonly [from: number, to: number])[];
}

export interface MapPlace {
  name: string;
  /** Longitude and latitude; null: only the country is shown. */
  at: readonly [number, number] | null;
  country: string | null;
}

/** Greatest part of the world, in degrees, that a country takes and is still shown whole. */
const WHOLE = 40;
/** Places up to which all names are drawn; the table has those of the others. */
const NAMED = 12;
const LETTER = 11;
const LINE = 22;
const GAP = 12;
/** Units between two points of an outline from which both are drawn. */
const APART = 3;

interface Drawn {
  name: string;
  x: number;
  y: number;
  isCountry: boolean;
}

interface Label extends Drawn {
  anchor: 'start' | 'end' | 'middle';
  left: number;
  top: number;
}

/** Returns the point at which a place is drawn; null: it cannot be drawn. */
function pointOf({ at, country }: MapPlace): Position | null {
  return at === null ? (world().countries.get(country ?? '')?.middle ?? null) : [...at];
}

/** Returns the points that a map must show: those of places, and the corners of countries that are shown as a whole. */
function extentOf(places: readonly MapPlace[]): Position[] {
  return places.flatMap((place) => {
    const point = pointOf(place);
    if (point === null) return [];
    const corners = place.at === null ? world().countries.get(place.country ?? '')?.corners : undefined;
    const [[west = 0, south = 0] = [], [east = 0, north = 0] = []] = corners ?? [];
    const isWhole = corners !== undefined && east > west && east - west < WHOLE && north - south < WHOLE;
    return isWhole ? [point, [west, south], [east, north]] : [point];
  });
}

/** Places the names beside their points where they cover no other name; those that would are left out. */
function labelled(drawn: readonly Drawn[]): Label[] {
  const labels: Label[] = [];
  for (const spot of drawn) {
    if (labels.some(({ name, x, y }) => name === spot.name && x === spot.x && y === spot.y)) continue;
    const width = spot.name.length * LETTER;
    const tries: Label[] = [
      { ...spot, anchor: 'start', left: spot.x + GAP, top: spot.y - LINE / 2 },
      { ...spot, anchor: 'end', left: spot.x - GAP - width, top: spot.y - LINE / 2 },
      { ...spot, anchor: 'middle', left: spot.x - width / 2, top: spot.y - LINE - GAP },
      { ...spot, anchor: 'middle', left: spot.x - width / 2, top: spot.y + GAP },
    ];
    const fits = ({ left, top }: Label): boolean =>
      left >= 0 &&
      left + width <= MAP.width &&
      top >= 0 &&
      top + LINE <= MAP.height &&
      labels.every(
        (other) =>
          left > other.left + other.name.length * LETTER ||
          other.left > left + width ||
          Math.abs(other.top - top) >= LINE,
      );
    const label = tries.find(fits);
    if (label !== undefined) labels.push(label);
  }
  return labels;
}

const xOf = ({ anchor, left, name }: Label): number =>
  anchor === 'start' ? left : left + (name.length * LETTER) / (anchor === 'end' ? 1 : 2);

const rounded = Math.round;

interface WorldMapProps extends MapData {
  label: string;
  /** Units between two points of an outline from which both are drawn: more for a page of few bytes. */
  apart?: number;
}

/** Draws places and the ways between them on the outlines of countries; nothing if no place can be drawn. */
export function WorldMap({ places, ways, label, apart = APART }: WorldMapProps): VNode | null {
  const say = useSay();
  const extent = extentOf(places);
  if (extent.length === 0) return null;
  const projection = projectionOf(extent);
  const draw = drawerOf(projection, apart);
  const points = places.map(pointOf);
  const drawn = places.map((place, i): Drawn | null => {
    const placed = points[i] === null ? null : projection(points[i] as [number, number]);
    return placed === null
      ? null
      : { name: place.name, x: rounded(placed[0]), y: rounded(placed[1]), isCountry: place.at === null };
  });
  const spots = drawn.filter((spot) => spot !== null);
  const { land, borders, countries } = world();
  const known = new Set(places.flatMap(({ country }) => country ?? []));
  return (
    <figure class="map">
      <svg class="drawing" viewBox={`0 0 ${MAP.width} ${MAP.height}`} role="img" aria-label={label}>
        <path class="land" d={draw(land)} />
        <path class="border" d={draw(borders)} />
        {[...known].map((code) => {
          const outline = countries.get(code);
          return outline === undefined ? null : <path key={code} class="country" d={draw(outline.shape)} />;
        })}
        {ways.map(([from, to]) => {
          const [start, end] = [points[from], points[to]];
          if (start == null || end == null) return null;
          const line = draw({ type: 'LineString', coordinates: [start, end] });
          return line === '' ? null : <path key={`${from}-${to}`} class="way" d={line} />;
        })}
        {spots.map(({ name, x, y, isCountry }) =>
          isCountry ? null : <circle key={`${name}${x}`} class="spot" cx={x} cy={y} r="6" />,
        )}
        {labelled(spots.filter(({ name }) => name !== '').slice(0, NAMED)).map((spot) => (
          <text
            key={`${spot.name}${spot.x}`}
            x={rounded(xOf(spot))}
            y={rounded(spot.top + LINE - 4)}
            text-anchor={spot.anchor}
          >
            {spot.name}
          </text>
        ))}
      </svg>
      <figcaption class="soft">{say.word('map.borders')}</figcaption>
    </figure>
  );
}
