/** A point in degrees, WGS 84. Distances are great circles on a sphere of mean radius: error up to 0.5 %. */
export interface Point {
  lat: number;
  lon: number;
}

const EARTH_RADIUS_KM = 6_371.0088;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Computes the great-circle distance, km (haversine). */
export function distanceKm(a: Point, b: Point): number {
  const [lat, lon] = [radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2];
  const h = Math.sin(lat) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(lon) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A ring of points whose last equals its first. */
export type Ring = readonly Point[];

const edgesOf = (ring: Ring): [Point, Point][] =>
  ring.slice(1).map((point, i): [Point, Point] => [ring[i] as Point, point]);

/** Returns whether a point is inside the outer ring of a polygon and in none of its holes (even-odd rule). */
function isInside({ lat, lon }: Point, rings: readonly Ring[]): boolean {
  let inside = false;
  for (const ring of rings)
    for (const [a, b] of edgesOf(ring))
      if (a.lat > lat !== b.lat > lat && lon < ((b.lon - a.lon) * (lat - a.lat)) / (b.lat - a.lat) + a.lon)
        inside = !inside;
  return inside;
}

/** Returns the point of the segment a–b nearest to `point`, on the tangent plane there. */
function nearest(point: Point, a: Point, b: Point): Point {
  const scale = Math.cos(radians(point.lat));
  const [ax, ay] = [(a.lon - point.lon) * scale, a.lat - point.lat];
  const [dx, dy] = [(b.lon - a.lon) * scale, b.lat - a.lat];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length));
  return { lat: a.lat + t * (b.lat - a.lat), lon: a.lon + t * (b.lon - a.lon) };
}

/** Returns the distance from a point to a line, km. */
export const distanceToLineKm = (point: Point, line: readonly Point[]): number =>
  Math.min(...edgesOf(line).map(([a, b]) => distanceKm(point, nearest(point, a, b))));

/** Returns 0 inside a polygon, else the distance to its border, km. */
const distanceToPolygonKm = (point: Point, rings: readonly Ring[]): number =>
  isInside(point, rings) ? 0 : Math.min(...rings.map((ring) => distanceToLineKm(point, ring)));

/** Returns how far a point is outside a place, km: of one without a polygon, a circle round its point. Null: not known. */
export function distanceOutsideKm(
  point: Point,
  place: { point: Point | null; polygon: readonly Ring[] | null },
  radiusKm = 0,
): number | null {
  if (place.polygon !== null) return distanceToPolygonKm(point, place.polygon);
  return place.point === null ? null : Math.max(0, distanceKm(point, place.point) - radiusKm);
}
