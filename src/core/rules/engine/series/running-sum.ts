/**
 * A running sum of deviations (CUSUM, Page 1954): each deviation less an allowance is added, and the sum never falls below
 * zero. Chance cannot lift it far, but many small deviations on one side do.
 */

/** Deviations that belong together: from the first that lifts the sum to the one at which it is highest. */
export interface Run {
  side: 'above' | 'below';
  /** Positions in the series, both inclusive. */
  from: number;
  to: number;
}

export interface RunningSumLimits {
  /** Deviation per item that is left out of account. */
  allowed: number;
  /** Sum above which a run is found. */
  limit: number;
  /** Deviation of one item that counts at most, so that one accident makes no run. */
  most: number;
}

/** Returns the run in which the sum of one side goes highest, if it exceeds the limit. */
function highest(deviations: readonly number[], { allowed, limit, most }: RunningSumLimits): Omit<Run, 'side'> | null {
  let [sum, start, top] = [0, 0, limit];
  let best: Omit<Run, 'side'> | null = null;
  for (const [i, deviation] of deviations.entries()) {
    if (sum === 0) start = i;
    sum = Math.max(0, sum + Math.min(deviation, most) - allowed);
    if (sum <= top) continue;
    top = sum;
    best = { from: start, to: i };
  }
  return best;
}

/** Finds the run of each side that goes beyond its limits, in a series of signed deviations. */
export function findRuns(
  deviations: readonly number[],
  limits: Readonly<Record<Run['side'], RunningSumLimits>>,
): Run[] {
  const above = highest(deviations, limits.above);
  const below = highest(
    deviations.map((deviation) => -deviation),
    limits.below,
  );
  return [
    ...(above === null ? [] : [{ side: 'above' as const, ...above }]),
    ...(below === null ? [] : [{ side: 'below' as const, ...below }]),
  ];
}

/** Overshoot of a walk of normal steps beyond its limit, in their standard deviation (Siegmund 1985). */
const OVERSHOOT = 1.166;

/**
 * Returns the number of items after which chance alone lifts the sum of one side above the limit, on average: Siegmund's
 * approximation for independent normal deviations.
 * @param noise their mean on this side and their standard deviation
 */
export function meanRunLength(
  { allowed, limit }: Pick<RunningSumLimits, 'allowed' | 'limit'>,
  noise: { mean: number; deviation: number },
): number {
  const drift = (allowed - noise.mean) / noise.deviation;
  const height = limit / noise.deviation + OVERSHOOT;
  if (Math.abs(drift) < 1e-9) return height * height;
  return (Math.exp(2 * drift * height) - 2 * drift * height - 1) / (2 * drift * drift);
}
