import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import { geoArea, geoBounds, geoCentroid } from 'd3-geo';
import type { Feature, MultiLineString, MultiPolygon, Polygon, Position } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json' with { type: 'json' };

/** Outlines of the world in 1:110 million (Natural Earth), which pages draw. Computed when the first map is drawn. */

interface Atlas extends Topology {
  objects: { countries: GeometryCollection; land: GeometryCollection };
}

/** An outline of a country with the middle of its largest part, where its name is drawn, and the corners of that part. */
interface Outline {
  shape: Feature<Polygon | MultiPolygon>;
  middle: Position;
  corners: readonly [Position, Position];
}

interface World {
  land: ReturnType<typeof feature>;
  borders: MultiLineString;
  /** By the code of the country, ISO 3166-1 alpha-2. */
  countries: ReadonlyMap<string, Outline>;
}

const partsOf = ({ geometry }: Outline['shape']): Feature<Polygon>[] =>
  (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map((coordinates) => ({
    type: 'Feature',
    properties: null,
    geometry: { type: 'Polygon', coordinates },
  }));

function outlineOf(shape: Outline['shape']): Outline {
  const [largest] = partsOf(shape)
    .map((part) => ({ part, area: geoArea(part) }))
    .toSorted((a, b) => b.area - a.area);
  const part = largest?.part ?? shape;
  return { shape, middle: geoCentroid(part), corners: geoBounds(part) };
}

function readWorld(): World {
  const topology = atlas as unknown as Atlas;
  const { countries, land } = topology.objects;
  const codeOf = new Map(codes.map(([code = '', , number = '']) => [number, code]));
  const shapes = countries.geometries.map((geometry) => feature(topology, geometry) as Outline['shape']);
  const outlines = shapes.flatMap((shape): [string, Outline][] => {
    const code = codeOf.get(String(shape.id));
    return code === undefined ? [] : [[code, outlineOf(shape)]];
  });
  return {
    land: feature(topology, land),
    borders: mesh(topology, countries, (a, b) => a !== b),
    countries: new Map(outlines),
  };
}

let known: World | null = null;

export const world = (): World => (known ??= readWorld());
