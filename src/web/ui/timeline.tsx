import type { VNode } from 'preact';
import type { Holding } from '../explorer/story.js';
import { useSay } from './frame.js';

const WIDTH = 700;
const LABELS = 150;
const ROW = 30;
const BAR = 14;
const TOP = 24;
/** Marks of the time axis at most. */
const MARKS = 5;
const DAY = 86_400_000;
/** Characters of a name that fit before the bars. */
const NAME = 20;

/** Steps of the time axis in days: those of which the axis takes the least that gives few enough marks. */
const steps = [1, 2, 7, 14, 30, 61, 91, 182, 365, 730, 1826, 3652];

function marksOf(from: number, until: number): number[] {
  const step = (steps.find((days) => (until - from) / (days * DAY) <= MARKS) ?? 3652) * DAY;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((until - first) / step) + 1);
  return Array.from({ length: Math.min(count, MARKS + 1) }, (_, i) => first + i * step);
}

const short = (name: string): string => (name.length > NAME ? `${name.slice(0, NAME - 1)}…` : name);

/** Draws who held the goods and when: one bar for each holding, hatched while its goods were on their way. */
export function HoldingBars({
  holdings,
  now,
  mineral,
}: {
  holdings: readonly Holding[];
  now: number;
  mineral: string;
}): VNode {
  const say = useSay();
  const from = Math.min(...holdings.map((holding) => holding.from));
  const until = Math.max(now, ...holdings.map((holding) => holding.until ?? 0), from + DAY);
  const x = (at: number): number => Number((LABELS + ((at - from) / (until - from)) * (WIDTH - LABELS - 2)).toFixed(1));
  const height = TOP + holdings.length * ROW + 4;
  const shownDay = new Intl.DateTimeFormat(say.language === 'en' ? 'en-GB' : say.language, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(until - from > 300 * DAY ? { year: 'numeric' } : {}),
  });
  return (
    <div class="scroll" tabIndex={0}>
      <svg class="drawing wide" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={say.word('lot.holders')}>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="hatch" x1="0" y1="0" x2="0" y2="6" />
        </pattern>
        {marksOf(from, until).map((at) => (
          <g key={at}>
            <line class="grid" x1={x(at)} x2={x(at)} y1={TOP - 4} y2={height - 4} />
            <text class="s" x={Math.min(x(at), WIDTH - 24)} y={12} text-anchor="middle">
              {shownDay.format(at)}
            </text>
          </g>
        ))}
        {holdings.map((holding, i) => (
          <Bar
            key={i}
            y={TOP + i * ROW}
            {...{ holding, x }}
            until={until}
            label={holding.mass === null ? '' : say.mass({ value: String(holding.mass), uom: 'KGM' }, mineral)}
            isLast={i === holdings.length - 1}
          />
        ))}
      </svg>
    </div>
  );
}

interface BarProps {
  holding: Holding;
  x: (at: number) => number;
  y: number;
  until: number;
  label: string;
  isLast: boolean;
}

function Bar({ holding, x, y, until, label, isLast }: BarProps): VNode {
  const { holder, from, transit } = holding;
  const end = holding.until ?? until;
  const [left, right] = [x(from), Math.max(x(end), x(from) + 3)];
  const sent = transit === null ? right : Math.max(left + 1, x(transit.from));
  const isNow = holding.until === null && isLast;
  const fits = WIDTH - right > 74;
  return (
    <g>
      <text x={0} y={y + 11}>
        {short(holder)}
        <title>{holder}</title>
      </text>
      <rect class={isNow ? 'held now' : 'held'} x={left} y={y} width={Math.max(1, sent - left)} height={BAR} rx="1.5" />
      {transit === null ? null : <rect class="gap" x={sent} y={y} width={Math.max(1, right - sent)} height={BAR} />}
      <text class="s" x={fits ? right + 6 : left - 6} y={y + 11} text-anchor={fits ? 'start' : 'end'}>
        {label}
      </text>
      {holding.until === null || isLast ? null : <line class="hand" x1={right} x2={right} y1={y + BAR} y2={y + ROW} />}
    </g>
  );
}
