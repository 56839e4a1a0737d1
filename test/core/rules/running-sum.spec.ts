import { describe, expect, it } from '@jest/globals';
import { HONEST } from '../../../src/core/rules/mass/series/deliveries-one-sided.js';
import { type RunningSumLimits, findRuns, meanRunLength } from '../../../src/core/rules/engine/series/running-sum.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { numbersFrom } from '../../support/chain.js';

/** Normal numbers with mean 0 and deviation 1 that follow from the seed (Box and Muller). */
function normals(seed: number): () => number {
  const random = numbersFrom(seed);
  const uniform = (): number => (random(1_000_000) + 0.5) / 1_000_000;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const limits = (allowed: number, limit: number, most = Infinity): RunningSumLimits => ({ allowed, limit, most });
const both = (one: RunningSumLimits): { above: RunningSumLimits; below: RunningSumLimits } => ({
  above: one,
  below: one,
});

describe('a running sum', () => {
  it('finds many small deviations on one side, from the first to the one where it is highest', () => {
    const quiet = [0, 0.5, -0.5, 0.2];
    const found = findRuns([...quiet, 2, 2, 2, 2, ...quiet], both(limits(1, 3)));
    expect(found).toEqual([{ side: 'above', from: 4, to: 7 }]);
    expect(findRuns([-2, -2, -2, -2], both(limits(1, 3)))).toEqual([{ side: 'below', from: 0, to: 3 }]);
  });

  it('is no higher than its limit at the limit itself, and counts an accident for no more than is allowed', () => {
    expect(findRuns([2, 2, 2], both(limits(1, 3)))).toEqual([]);
    expect(findRuns([90, 0, 0], both(limits(1, 3, 2.5)))).toEqual([]);
    expect(findRuns([90, 90, 90], both(limits(1, 3, 2.5)))).toHaveLength(1);
  });

  it('is found in no series of the same deviations on both sides', () => {
    const swinging = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 2 : -2));
    expect(findRuns(swinging, both(limits(1, 3)))).toEqual([]);
  });
});

/** Number of items of pure noise until one side is found, on average over some walks. */
function measured(one: Pick<RunningSumLimits, 'allowed' | 'limit'>, noise: typeof HONEST, walks: number): number {
  const next = normals(7);
  let items = 0;
  for (let walk = 0; walk < walks; walk += 1)
    for (let sum = 0; sum <= one.limit; items += 1)
      sum = Math.max(0, sum + noise.mean + noise.deviation * next() - one.allowed);
  return items / walks;
}

describe('the stated rate of false alarms', () => {
  it.each([
    [0.5, 3],
    [0.5, 4],
    [1, 2],
    [1, 3],
  ])('is that of walks of noise, within a tenth (allowance %d, limit %d)', (allowed, limit) => {
    const noise = { mean: 0, deviation: 1 };
    const [stated, seen] = [meanRunLength({ allowed, limit }, noise), measured({ allowed, limit }, noise, 2_000)];
    expect(Math.abs(seen / stated - 1)).toBeLessThan(0.1);
  });

  it('is not exceeded by honest deliveries: in 200,000 of them by chance none is found', () => {
    const { less } = defaultParameters.deliveriesOneSided.default;
    expect(meanRunLength(less, HONEST)).toBeGreaterThan(1_000_000);
    const next = normals(11);
    const walk = Array.from({ length: 200_000 }, () => HONEST.mean + HONEST.deviation * next());
    expect(findRuns(walk, { above: less, below: { ...less, limit: Infinity } })).toEqual([]);
  });
});
