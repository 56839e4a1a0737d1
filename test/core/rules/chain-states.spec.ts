import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entriesBefore, newestBefore, stateAlong } from '../../../src/core/rules/engine/chain-states.js';
import type { JudgedEvent } from '../../../src/core/rules/engine/facts.js';

/** What is kept with a chain must be what reading it from its birth would give, in whatever order rules ask. */

const entry = (index: number): JudgedEvent => ({ index }) as JudgedEvent;
const indexes = fc.uniqueArray(fc.nat(60), { maxLength: 40 }).map((all) => all.toSorted((a, b) => a - b));

/** Keeps the order of what it saw, and of which lot, so that a skipped or repeated entry shows. */
const text = ({ index }: JudgedEvent, lot: string, before: string | null): string => `${before ?? lot} ${index}`;
const naive = (chain: readonly JudgedEvent[], lot: string, index: number): string | null =>
  chain.filter((one) => one.index < index).reduce<string | null>((before, one) => text(one, lot, before), null);

describe('the entries of a chain before an index', () => {
  it('are those that a search from its birth finds', () => {
    fc.assert(
      fc.property(indexes, fc.integer({ min: -1, max: 62 }), (all, index) => {
        const chain = all.map(entry);
        const before = chain.filter((one) => one.index < index);
        expect(entriesBefore(chain, index)).toBe(before.length);
        expect(newestBefore(chain, index)).toBe(before.at(-1) ?? null);
      }),
    );
  });
});

describe('a state along a chain', () => {
  it('is the same asked for once or often, forwards or backwards, before the chain has grown and after', () => {
    const questions = fc.array(fc.record({ grow: fc.nat(5), index: fc.nat(62), lot: fc.constantFrom('a', 'b') }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(indexes, questions, (all, asked) => {
        const stateOf = stateAlong<string>(text);
        const rest = all.map(entry);
        const chain: JudgedEvent[] = [];
        for (const { grow, index, lot } of asked) {
          chain.push(...rest.splice(0, grow));
          expect(stateOf(chain, lot, index)).toBe(naive(chain, lot, index));
        }
      }),
    );
  });

  it('looks at each entry once', () => {
    let looked = 0;
    const stateOf = stateAlong<number>((_entry, _lot, before) => {
      looked += 1;
      return (before ?? 0) + 1;
    });
    const chain: JudgedEvent[] = [];
    for (let index = 0; index < 1_000; index += 1) {
      chain.push(entry(index));
      expect(stateOf(chain, 'lot', index + 1)).toBe(index + 1);
    }
    expect(looked).toBe(1_000);
  });
});
