import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JudgedEvent } from '../../../src/core/rules/engine/facts.js';
import { LogCache } from '../../../src/server/verification/judging/facts/log-cache.js';

const idOf = (index: number): string => `event-${index}`;

/** A receipt of one lot, logged at an index, which names the event before. */
const received = (index: number, lot: string, prev: number): JudgedEvent =>
  ({
    index,
    recordedAt: null,
    event: {
      id: idOf(index),
      jws: 'x'.repeat(100),
      type: 'custody.received',
      iss: `holder-${index % 3}`,
      kid: 'key',
      occurredAtMs: 0,
      payload: { from: 'coop', lots: [{ lot, prev: idOf(prev) }] },
    },
  }) as unknown as JudgedEvent;

const indexesOf = (entries: readonly JudgedEvent[] | undefined): number[] | undefined =>
  entries?.map(({ index }) => index);

/** A cache of one lot's chain, whose entries are 0 to 2. */
function cacheOfThree(bound?: number): LogCache {
  const cache = new LogCache(bound);
  cache.begin();
  cache.through = 3;
  cache.putChain('lot', [received(0, 'lot', -1), received(1, 'lot', 0), received(2, 'lot', 1)]);
  return cache;
}

describe('a cached chain', () => {
  it('is extended in place by the entry that names its last event', () => {
    const cache = cacheOfThree();
    const before = cache.chain('lot');
    cache.extend([received(3, 'lot', 2)], 4);
    expect(cache.chain('lot')).toBe(before);
    expect(indexesOf(cache.chain('lot'))).toEqual([0, 1, 2, 3]);
    expect(cache.through).toBe(4);
  });

  it('is dropped where an entry names another event, which was not read', () => {
    const cache = cacheOfThree();
    cache.extend([received(4, 'lot', 3)], 5);
    expect(cache.chain('lot')).toBeUndefined();
  });

  it('is dropped where one of its entries has changed, and only then', () => {
    const cache = cacheOfThree();
    cache.forget([7]);
    expect(indexesOf(cache.chain('lot'))).toEqual([0, 1, 2]);
    cache.forget([1]);
    expect(cache.chain('lot')).toBeUndefined();
    expect(cache.entry(1)).toBeUndefined();
  });

  it('is what it was before a step that was rolled back', () => {
    const cache = cacheOfThree();
    const turn = cache.begin();
    cache.extend([received(3, 'lot', 2)], 4);
    cache.rewind(turn, 3);
    expect(indexesOf(cache.chain('lot'))).toEqual([0, 1, 2]);
    expect(cache.entry(3)).toBeUndefined();
    expect(cache.through).toBe(3);
  });

  it('is not kept after a step that was rolled back and had changed more', () => {
    const cache = cacheOfThree();
    const turn = cache.begin();
    cache.forget([9]);
    cache.rewind(turn, 3);
    expect(cache.chain('lot')).toBeUndefined();
  });

  it('is not taken back by a step that has lost its connection to a later one', () => {
    const cache = cacheOfThree();
    const lost = cache.begin();
    cache.begin();
    cache.extend([received(3, 'lot', 2)], 4);
    cache.rewind(lost, 3);
    expect(indexesOf(cache.chain('lot'))).toEqual([0, 1, 2, 3]);
  });
});

describe('cached entries of a subject', () => {
  it('are followed by new entries that are filed under it, and read again where an older one is added', () => {
    const cache = cacheOfThree();
    cache.putFiled('signed-by:holder-0', [received(0, 'lot', -1)]);
    cache.extend([received(3, 'lot', 2)], 4);
    expect(indexesOf(cache.filed('signed-by:holder-0'))).toEqual([0, 3]);
    cache.refiled([received(0, 'lot', -1)]);
    expect(cache.filed('signed-by:holder-0')).toBeUndefined();
  });

  it('are not kept for sums, which are filed later than their facts are read', () => {
    const cache = cacheOfThree();
    cache.putFiled('intake:depot/2026-05', [received(0, 'lot', -1)]);
    expect(cache.filed('intake:depot/2026-05')).toBeUndefined();
  });
});

describe('the memory of the cache', () => {
  it('stays within its bound after each step, and what was used last is kept', () => {
    const lots = fc.array(fc.record({ lot: fc.nat(9), length: fc.integer({ min: 1, max: 8 }) }), { maxLength: 40 });
    fc.assert(
      fc.property(lots, fc.integer({ min: 5_000, max: 60_000 }), (steps, bound) => {
        const cache = new LogCache(bound);
        let next = 0;
        for (const { lot, length } of steps) {
          cache.begin();
          const chain = Array.from({ length }, () => received(next++, `${lot}`, next - 2));
          cache.putChain(`${lot}`, chain);
          const size = cache.size;
          cache.settle();
          expect(cache.size).toBeLessThanOrEqual(bound);
          // Only what does not fit alone is dropped at once.
          if (size <= bound) expect(cache.chain(`${lot}`)).toBe(chain);
        }
        cache.clear();
        expect(cache.size).toBe(0);
      }),
    );
  });

  it('is free again when the last list with an entry is dropped', () => {
    const cache = new LogCache();
    const shared = received(1, 'a', 0);
    cache.putChain('a', [shared]);
    const alone = cache.size;
    cache.putChain('b', [shared]);
    expect(cache.size - alone).toBeLessThan(alone);
    cache.forget([1]);
    expect(cache.size).toBe(0);
  });
});
