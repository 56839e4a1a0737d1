import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPartial, partialNodes, provePartial } from '../../../src/core/log/partial-tree.js';
import { leafHash, proveInclusion, rootHash } from '../../../src/core/log/tree.js';
import { allNodes, someLeaves } from './naive-tree.js';

const MOST = 300;
const leaves = someLeaves(MOST);
const hashOf = allNodes(leaves);

const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)].toSorted((a, b) => a - b);

/** A tree, some of its leaves, and some of its earlier sizes. */
const asked = fc.integer({ min: 1, max: MOST }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    leaves: fc.array(fc.nat(size - 1), { maxLength: 40 }).map(distinct),
    sizes: fc.array(fc.integer({ min: 1, max: size }), { maxLength: 10 }).map(distinct),
  }),
);

const shown = (indexes: readonly number[]): Map<number, Uint8Array> =>
  new Map(indexes.map((index) => [index, leaves[index] as Uint8Array]));

describe('one proof for many leaves and sizes', () => {
  it('gives the root of the tree, and of every earlier size asked for', () => {
    fc.assert(
      fc.property(asked, ({ size, leaves: indexes, sizes }) => {
        const proof = provePartial({ leaves: indexes, sizes }, size, hashOf);
        const checked = checkPartial(shown(indexes), sizes, size, proof);
        expect(checked?.root).toEqual(rootHash(size, hashOf));
        for (const at of sizes) expect(checked?.roots.get(at)).toEqual(rootHash(at, hashOf));
        for (const index of indexes) expect(checked?.path(index)).toEqual(proveInclusion(index, size, hashOf));
      }),
    );
  });

  it('gives another root where a leaf or a hash of the proof is another, and none where one is missing or too many', () => {
    fc.assert(
      fc.property(asked, fc.nat(), ({ size, leaves: indexes, sizes }, pick) => {
        const proof = provePartial({ leaves: indexes, sizes }, size, hashOf);
        const root = rootHash(size, hashOf);
        const changed = new Uint8Array(32).fill(7);
        if (indexes.length > 0) {
          const forged = shown(indexes).set(indexes[pick % indexes.length] as number, changed);
          expect(checkPartial(forged, sizes, size, proof)?.root).not.toEqual(root);
        }
        if (proof.length > 0) {
          const at = pick % proof.length;
          expect(checkPartial(shown(indexes), sizes, size, proof.with(at, changed))?.root).not.toEqual(root);
          expect(checkPartial(shown(indexes), sizes, size, proof.slice(1))).toBeNull();
        }
        expect(checkPartial(shown(indexes), sizes, size, [...proof, changed])).toBeNull();
      }),
    );
  });

  it('sends no hash twice: of all leaves together it is empty', () => {
    const all = Array.from({ length: 77 }, (_, i) => i);
    expect(partialNodes({ leaves: all, sizes: [3, 64] }, 77)).toEqual([]);
    expect(partialNodes({ leaves: [5], sizes: [] }, 8)).toEqual([
      { level: 2, index: 0 },
      { level: 0, index: 4 },
      { level: 1, index: 3 },
    ]);
  });

  it('asks for nothing outside the tree', () => {
    expect(checkPartial(new Map([[8, leafHash('x')]]), [], 8, [])).toBeNull();
    expect(checkPartial(new Map(), [9], 8, [])).toBeNull();
    expect(checkPartial(new Map(), [], 0, [])).toBeNull();
  });
});
