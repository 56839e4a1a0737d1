import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type FullTile, TreeEdge } from '../../../src/core/log/edge.js';
import { checkInclusion, emptyRoot, leafHash, rootHash, rootNodes } from '../../../src/core/log/tree.js';
import { sha256 } from '../../../src/platform/sha256.js';
import { allNodes, naiveRoot, someLeaves } from './naive-tree.js';

const leaves = someLeaves(66_200);
const hashOf = allNodes(leaves);

/** The partial tiles that a database would hold for a tree of `size` leaves. */
function storedTiles(size: number): Uint8Array[][] {
  const tiles: Uint8Array[][] = [];
  for (let count = size; count > 0; count = Math.floor(count / 256)) {
    const level = 8 * tiles.length;
    const start = count - (count % 256);
    tiles.push(Array.from({ length: count % 256 }, (_, i) => hashOf(level, start + i)));
  }
  return tiles;
}

const asHex = (tiles: Uint8Array[][]): string[] => tiles.map((tile) => Buffer.concat(tile).toString('hex'));

function expectTile(tile: FullTile): void {
  const expected = Array.from({ length: 256 }, (_, i) => hashOf(8 * tile.level, 256 * tile.index + i));
  expect(Buffer.compare(tile.hashes, Buffer.concat(expected))).toBe(0);
  expect(tile.root).toEqual(hashOf(8 * (tile.level + 1), tile.index));
}

describe('appending at the right edge', () => {
  it('begins as the empty tree', () => {
    const edge = TreeEdge.at(0, []);
    expect(edge.root()).toEqual(emptyRoot());
    expect(edge.partialTiles()).toEqual([]);
    expect(edge.append([])).toEqual({ tiles: [] });
    expect(edge.size).toBe(0);
  });

  it('gives the root and the proofs of the definition, whatever the batches', () => {
    const sizes = fc.oneof(fc.nat({ max: 600 }), fc.constantFrom(255, 256, 257, 511, 512, 513));
    fc.assert(
      fc.property(sizes, fc.array(fc.nat({ max: 300 }), { maxLength: 4 }), (start, batches) => {
        const edge = TreeEdge.at(start, storedTiles(start));
        for (const count of batches) {
          const from = edge.size;
          edge.append(leaves.slice(from, from + count));
          const root = naiveRoot(leaves.slice(0, edge.size));
          expect(edge.root()).toEqual(root);
          const unproved: number[] = [];
          for (let index = from; index < edge.size; index += 1) {
            const leaf = leaves[index] ?? leafHash('');
            if (!checkInclusion(leaf, index, edge.size, edge.proveAppended(index), root, sha256)) unproved.push(index);
          }
          expect(unproved).toEqual([]);
        }
        expect(asHex(edge.partialTiles())).toEqual(asHex(storedTiles(edge.size)));
      }),
      { numRuns: 30 },
    );
  });

  for (const boundary of [256, 512, 65_536])
    it(`crosses ${boundary} one by one, tile by tile`, () => {
      const edge = TreeEdge.at(boundary - 2, storedTiles(boundary - 2));
      for (let size = boundary - 1; size <= boundary + 2; size += 1) {
        const { tiles } = edge.append(leaves.slice(size - 1, size));
        expect(edge.root()).toEqual(rootHash(size, hashOf));
        expect(asHex(edge.partialTiles())).toEqual(asHex(storedTiles(size)));
        expect(edge.frontier()).toEqual(rootNodes(size).map(({ level, index }) => hashOf(level, index)));
        const leaf = leaves[size - 1] ?? leafHash('');
        expect(checkInclusion(leaf, size - 1, size, edge.proveAppended(size - 1), edge.root())).toBe(true);
        const full = tiles.map(({ level, index }) => `${level}/${index}`);
        if (size !== boundary) expect(full).toEqual([]);
        else if (boundary === 65_536) expect(full).toEqual(['0/255', '1/0']);
        else expect(full).toEqual([`0/${boundary / 256 - 1}`]);
        tiles.forEach(expectTile);
      }
    });

  it('gives every tile that one large append makes full, at both levels', () => {
    const edge = TreeEdge.at(100, storedTiles(100), sha256);
    const { tiles } = edge.append(leaves.slice(100));
    expect(tiles).toHaveLength(258 + 1);
    tiles.forEach(expectTile);
    expect(edge.root()).toEqual(rootHash(leaves.length, hashOf));
    expect(asHex(edge.partialTiles())).toEqual(asHex(storedTiles(leaves.length)));
  });
});

describe('keeping no more than the edge', () => {
  it('leaves the original as it was when a copy is appended to', () => {
    const edge = TreeEdge.at(255, storedTiles(255));
    const before = { root: edge.root(), tiles: edge.partialTiles() };
    const copy = edge.clone();
    copy.append(leaves.slice(255, 300));
    expect({ root: edge.root(), tiles: edge.partialTiles(), size: edge.size }).toEqual({ ...before, size: 255 });
    edge.append(leaves.slice(255, 256));
    expect(edge.root()).toEqual(rootHash(256, hashOf));
    expect(copy.root()).toEqual(rootHash(300, hashOf));
  });

  it('proves no leaf that it has let go of, nor one that is not there', () => {
    const edge = TreeEdge.at(10, storedTiles(10));
    expect(() => edge.proveAppended(9)).toThrow(RangeError);
    edge.append(leaves.slice(10, 20));
    expect(() => edge.proveAppended(20)).toThrow(RangeError);
    edge.append(leaves.slice(20, 21));
    expect(() => edge.proveAppended(19)).toThrow(RangeError);
    expect(() => TreeEdge.at(300, storedTiles(300)).hashOf(0, 255)).toThrow(RangeError);
  });

  it('refuses partial tiles that are not those of the size', () => {
    const hash = leafHash('');
    expect(() => TreeEdge.at(1, [])).toThrow(RangeError);
    expect(() => TreeEdge.at(0, [[]])).toThrow(RangeError);
    expect(() => TreeEdge.at(1, [[hash, hash]])).toThrow(RangeError);
    expect(() => TreeEdge.at(256, [[]])).toThrow(RangeError);
    expect(() => TreeEdge.at(1, [[hash.subarray(1)]])).toThrow(RangeError);
    expect(() => TreeEdge.at(-1, [])).toThrow(RangeError);
    expect(() => TreeEdge.at(0, []).append([hash.subarray(1)])).toThrow(RangeError);
  });
});
