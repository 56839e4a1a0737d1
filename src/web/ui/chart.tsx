import type { VNode } from 'preact';

interface MonthBar {
  label: string;
  value: number;
  /** What could be reached at most; drawn as a line. */
  limit: number | null;
}

const WIDTH = 700;
const HEIGHT = 120;
const FOOT = 20;
/** Width of one bar at most. */
const WIDEST = 40;

/** Draws a value for each month as a bar, with its limit as a line. */
export function MonthBars({ bars, label }: { bars: readonly MonthBar[]; label: string }): VNode {
  const most = Math.max(...bars.flatMap(({ value, limit }) => [value, limit ?? 0]), 1e-9);
  const step = Math.min(WIDTH / bars.length, WIDEST * 2);
  const width = Math.min(step * 0.7, WIDEST);
  const y = (value: number): number => HEIGHT - (value / most) * (HEIGHT - 6);
  return (
    <svg class="drawing" viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} role="img" aria-label={label}>
      <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {bars.map(({ label: month, value, limit }, i) => (
        <g key={i}>
          <rect class="column" x={i * step} y={y(value)} width={width} height={HEIGHT - y(value)} />
          {limit === null ? null : (
            <line class="limit" x1={i * step} x2={i * step + width} y1={y(limit)} y2={y(limit)} />
          )}
          {i === 0 || i === bars.length - 1 || bars.length <= 8 ? (
            <text class="s" x={i * step} y={HEIGHT + 14}>
              {month}
            </text>
          ) : null}
        </g>
      ))}
    </svg>
  );
}
