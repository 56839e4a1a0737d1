import { type GeoContext, type GeoPermissibleObjects, type GeoProjection, geoMercator, geoPath } from 'd3-geo';
import type { Position } from 'geojson';

export const MAP = { width: 720, height: 400 };
const PAD = 88;
/** Scale at which the map is eight degrees wide: nearer, its outlines would be a line or nothing. */
const NEAREST = MAP.width / ((8 * Math.PI) / 180);

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Returns the longitude in the middle of points, so that a way across the date line is not drawn round the world. */
function middleOf(points: readonly Position[]): number {
  const sum = (part: (angle: number) => number): number =>
    points.reduce((total, [longitude = 0]) => total + part(radians(longitude)), 0);
  return (Math.atan2(sum(Math.sin), sum(Math.cos)) * 180) / Math.PI;
}

/** Returns the projection of a map on which all points are seen, and no more than eight degrees where they are close. */
export function projectionOf(points: readonly Position[]): GeoProjection {
  const projection = geoMercator()
    .rotate([-middleOf(points), 0])
    .scale(1)
    .translate([0, 0]);
  const placed = points.map(([longitude = 0, latitude = 0]) => projection([longitude, latitude]) ?? ([0, 0] as const));
  const [xs, ys] = [placed.map(([x]) => x), placed.map(([, y]) => y)];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(NEAREST, (MAP.width - 2 * PAD) / (east - west), (MAP.height - 2 * PAD) / (south - north));
  return (
    projection
      .scale(scale)
      // Outlines have points enough; a straight line on this map is the same way everywhere.
      .precision(0)
      .translate([MAP.width / 2 - (scale * (west + east)) / 2, MAP.height / 2 - (scale * (north + south)) / 2])
      .clipExtent([
        [-1, -1],
        [MAP.width + 1, MAP.height + 1],
      ])
  );
}

/** Writes the data of a path in whole numbers, each point by its distance from the one before: a third of the bytes. */
class PathWriter implements GeoContext {
  text = '';
  private line: (readonly [number, number])[] = [];
  /** Where the last written line ended, as the renderer has it. */
  private from: readonly [number, number] = [0, 0];

  /** @param apart distance between two points of an outline from which both are drawn. */
  constructor(private readonly apart: number) {}

  beginPath(): void {
    this.line = [];
  }

  moveTo(x: number, y: number): void {
    this.end(false);
    this.line = [[Math.round(x), Math.round(y)]];
  }

  lineTo(x: number, y: number): void {
    this.line.push([Math.round(x), Math.round(y)]);
  }

  closePath(): void {
    this.end(true);
  }

  /** Points are not drawn as circles. */
  arc(): void {
    this.line = [];
  }

  /** Writes the line, without points that are too close to the one before, and nothing of an area that is too small. */
  end(isClosed: boolean): void {
    const { line, apart } = this;
    this.line = [];
    const kept: (readonly [number, number])[] = [];
    line.forEach((point, i) => {
      const before = kept.at(-1);
      const isLast = i === line.length - 1 && !isClosed;
      if (before === undefined || isLast || Math.hypot(point[0] - before[0], point[1] - before[1]) >= apart)
        kept.push(point);
    });
    const [first, ...rest] = kept;
    if (first === undefined || rest.length < (isClosed ? 2 : 1)) return;
    this.text += `m${first[0] - this.from[0]} ${first[1] - this.from[1]}l`;
    let at = first;
    for (const [i, point] of rest.entries()) {
      this.text += `${i === 0 ? '' : ' '}${point[0] - at[0]} ${point[1] - at[1]}`;
      at = point;
    }
    if (isClosed) this.text += 'z';
    // Where an area ends, it began.
    this.from = isClosed ? first : at;
  }
}

/** Returns a function that draws an outline as the data of a path; empty: nothing of it is on the map. */
export function drawerOf(projection: GeoProjection, apart: number): (outline: GeoPermissibleObjects) => string {
  return (outline) => {
    const writer = new PathWriter(apart);
    geoPath(projection, writer)(outline);
    writer.end(false);
    return writer.text.replaceAll(' -', '-');
  };
}
