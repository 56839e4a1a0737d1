import type { VNode } from 'preact';
import type { Degrees } from '../../core/api/place.js';
import { useSay } from './frame.js';

const BOX = { width: 720, height: 400 };
const PAD = 48;
const KM_PER_DEGREE = 111.19;
/** Lengths of the bar that shows the scale, km. */
const BARS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];

interface BoundaryProps {
  rings: readonly (readonly Degrees[])[];
  point: Degrees | null;
  label: string;
}

/** Draws the boundary of a site at its own scale, with a bar for that. */
export function Boundary({ rings, point, label }: BoundaryProps): VNode | null {
  const say = useSay();
  const corners = [...rings.flat(), ...(point === null ? [] : [point])];
  if (corners.length === 0) return null;
  const latitudes = corners.map(([, latitude]) => latitude);
  const longitudes = corners.map(([longitude]) => longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const narrowing = Math.cos(((south + north) / 2) * (Math.PI / 180));
  // Units of the drawing for a kilometre.
  const scale = Math.min(
    (BOX.width - 2 * PAD) / Math.max((east - west) * narrowing * KM_PER_DEGREE, 0.1),
    (BOX.height - 2 * PAD) / Math.max((north - south) * KM_PER_DEGREE, 0.1),
  );
  const placed = ([longitude, latitude]: Degrees): string =>
    [
      (BOX.width / 2 + (longitude - (west + east) / 2) * narrowing * KM_PER_DEGREE * scale).toFixed(1),
      (BOX.height / 2 - (latitude - (south + north) / 2) * KM_PER_DEGREE * scale).toFixed(1),
    ].join(' ');
  const bar = BARS.findLast((length) => length * scale < BOX.width / 3) ?? 0.1;
  const [x, y] = point === null ? [] : placed(point).split(' ');
  return (
    <svg class="drawing" viewBox={`0 0 ${BOX.width} ${BOX.height}`} role="img" aria-label={label}>
      <path class="boundary" d={rings.map((ring) => `M${ring.map(placed).join('L')}Z`).join('')} fill-rule="evenodd" />
      {point === null ? null : <circle class="spot" cx={x} cy={y} r="6" />}
      <path class="scale" d={`M${PAD} ${BOX.height - 16}h${(bar * scale).toFixed(1)}`} />
      <text x={PAD} y={BOX.height - 24}>
        {say.number(bar)} km
      </text>
    </svg>
  );
}
