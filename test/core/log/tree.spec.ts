import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import {
  checkConsistency,
  checkInclusion,
  consistencyNodes,
  emptyRoot,
  inclusionNodes,
  leafHash,
  nodeHash,
  proveConsistency,
  proveInclusion,
  rootHash,
  rootNodes,
} from '../../../src/core/log/tree.js';
import { allNodes, naiveConsistency, naivePath, naiveRoot, someLeaves } from './naive-tree.js';
import { itWithVectors, jsonFiles, readJson } from './vectors.js';

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const fromBase64 = (text: string | null): Uint8Array => Uint8Array.from(Buffer.from(text ?? '', 'base64'));
const platform = (data: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(data).digest());
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

const knownAnswers = z.object({ leaves_hex: z.array(z.string()), roots_hex_by_size: z.array(z.string()) });

const proofCase = z.object({ proof: z.array(z.string()).nullable(), desc: z.string(), wantErr: z.boolean() });
const inclusionCase = proofCase.extend({
  leafIdx: z.number(),
  treeSize: z.number(),
  root: z.string().nullable(),
  leafHash: z.string().nullable(),
});
const consistencyCase = proofCase.extend({
  size1: z.number(),
  size2: z.number(),
  root1: z.string().nullable(),
  root2: z.string().nullable(),
});

describe('hashing leaves and nodes', () => {
  it('separates leaves from nodes by their first byte', () => {
    const [left, right] = [bytes(32), bytes(32)];
    expect(nodeHash(left, right)).not.toEqual(leafHash(Uint8Array.from([...left, ...right])));
  });

  it('hashes a text as its ASCII, with any hash function that is given', () => {
    expect(leafHash('a.b.c')).toEqual(leafHash(new TextEncoder().encode('a.b.c')));
    expect(leafHash('a.b.c', platform)).toEqual(leafHash('a.b.c'));
    expect(nodeHash(bytes(32), bytes(32), platform)).toEqual(nodeHash(bytes(32), bytes(32)));
  });

  itWithVectors('rfc6962-known-answers', 'gives the known roots of 0 to 8 leaves', (path) => {
    const known = readJson(knownAnswers, path, 'roots.json');
    const leaves = known.leaves_hex.map((leaf) => leafHash(fromHex(leaf)));
    known.roots_hex_by_size.forEach((root, size) => {
      expect(rootHash(size, allNodes(leaves))).toEqual(fromHex(root));
      expect(naiveRoot(leaves.slice(0, size))).toEqual(fromHex(root));
    });
    expect(known.roots_hex_by_size).toHaveLength(9);
  });
});

describe('checking proofs', () => {
  itWithVectors('merkle-rfc6962/inclusion', 'agrees with every inclusion vector', (path) => {
    const files = jsonFiles(path);
    for (const file of files) {
      const { desc, leafIdx, treeSize, root, leafHash: leaf, proof, wantErr } = readJson(inclusionCase, file);
      const hashes = (proof ?? []).map(fromBase64);
      const result = checkInclusion(fromBase64(leaf), leafIdx, treeSize, hashes, fromBase64(root));
      expect({ file, desc, result }).toEqual({ file, desc, result: !wantErr });
    }
    expect(files).toHaveLength(98);
  });

  /** Vectors whose roots are some text of other than 32 bytes: two equal ones pass there, and are refused here. */
  const rootsAreNoHashes = new Set(['sizes are equal (one) and proof is empty']);

  itWithVectors('merkle-rfc6962/consistency', 'agrees with every consistency vector', (path) => {
    const files = jsonFiles(path);
    for (const file of files) {
      const { desc, size1, size2, root1, root2, proof, wantErr } = readJson(consistencyCase, file);
      const hashes = (proof ?? []).map(fromBase64);
      const result = checkConsistency(size1, size2, hashes, fromBase64(root1), fromBase64(root2));
      expect({ file, desc, result }).toEqual({ file, desc, result: !wantErr && !rootsAreNoHashes.has(desc) });
    }
    expect(files).toHaveLength(98);
  });

  it('finds every tree consistent with the empty one, and with no other tree of no entries', () => {
    const leaves = someLeaves(3);
    const root = naiveRoot(leaves);
    expect(checkConsistency(0, 3, [], emptyRoot(), root)).toBe(true);
    expect(checkConsistency(0, 0, [], emptyRoot(), emptyRoot())).toBe(true);
    expect(checkConsistency(0, 3, [], root, root)).toBe(false);
    expect(checkConsistency(0, 0, [], root, root)).toBe(false);
    expect(checkConsistency(0, 3, [root], emptyRoot(), root)).toBe(false);
  });

  it('refuses sizes that are no sizes, and hashes that are no hashes', () => {
    const leaf = leafHash('only');
    expect(checkInclusion(leaf, 0, 1, [], leaf)).toBe(true);
    const impossible: [number, number][] = [
      [-1, 1],
      [0.5, 1],
      [1, 1],
      [0, 0],
      [0, Number.NaN],
      [0, 2 ** 53],
      [Infinity, Infinity],
    ];
    for (const [index, size] of impossible) expect(checkInclusion(leaf, index, size, [], leaf)).toBe(false);
    expect(checkInclusion(leaf.subarray(1), 0, 1, [], leaf.subarray(1))).toBe(false);
    expect(checkConsistency(2, 1, [], leaf, leaf)).toBe(false);
    expect(checkConsistency(1, 1, [], leaf.subarray(1), leaf.subarray(1))).toBe(false);
  });
});

const leaves = someLeaves(600);
const hashOf = allNodes(leaves);

describe('proving from complete subtrees', () => {
  const size = fc.integer({ min: 1, max: 600 });

  it('gives the root that the definition gives, for every size up to 600', () => {
    for (let n = 0; n <= leaves.length; n += 1) expect(rootHash(n, hashOf)).toEqual(naiveRoot(leaves.slice(0, n)));
  });

  it('gives the inclusion path that the definition gives, and asks for no node it did not announce', () => {
    fc.assert(
      fc.property(size, fc.nat(), (n, seed) => {
        const index = seed % n;
        const announced = new Set(inclusionNodes(index, n).map((node) => `${node.level}/${node.index}`));
        const proof = proveInclusion(index, n, (level, at) => {
          expect(announced.has(`${level}/${at}`)).toBe(true);
          return hashOf(level, at);
        });
        expect(proof).toEqual(naivePath(index, leaves.slice(0, n)));
        expect(checkInclusion(leaves[index] ?? bytes(0), index, n, proof, rootHash(n, hashOf))).toBe(true);
      }),
    );
  });

  it('gives the consistency path that the definition gives, and asks for no node it did not announce', () => {
    fc.assert(
      fc.property(size, fc.nat(), (n, seed) => {
        const from = 1 + (seed % n);
        const announced = new Set(consistencyNodes(from, n).map((node) => `${node.level}/${node.index}`));
        const proof = proveConsistency(from, n, (level, at) => {
          expect(announced.has(`${level}/${at}`)).toBe(true);
          return hashOf(level, at);
        });
        expect(proof).toEqual(naiveConsistency(from, leaves.slice(0, n)));
        expect(checkConsistency(from, n, proof, rootHash(from, hashOf), rootHash(n, hashOf))).toBe(true);
      }),
    );
  });

  it('refuses to prove what was never in the tree', () => {
    expect(() => proveInclusion(3, 3, hashOf)).toThrow(RangeError);
    expect(() => proveInclusion(-1, 3, hashOf)).toThrow(RangeError);
    expect(() => proveConsistency(4, 3, hashOf)).toThrow(RangeError);
    expect(() => rootHash(1.5, hashOf)).toThrow(RangeError);
  });
});

describe('tampering with proofs', () => {
  it('refuses a proof in which one bit, one hash, the index or the size is another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), fc.nat({ max: 255 }), (n, seed, which, bit) => {
        const index = seed % n;
        const root = rootHash(n, hashOf);
        const leaf = leaves[index] ?? bytes(0);
        const proof = proveInclusion(index, n, hashOf);
        const flipped = proof.map((hash, i) => (i === which % proof.length ? flip(hash, bit) : hash));
        expect(checkInclusion(leaf, index, n, flipped, root)).toBe(false);
        expect(checkInclusion(flip(leaf, bit), index, n, proof, root)).toBe(false);
        expect(checkInclusion(leaf, index, n, proof, flip(root, bit))).toBe(false);
        expect(checkInclusion(leaf, (index + 1) % n, n, proof, root)).toBe(false);
        expect(checkInclusion(leaf, index, n, proof.slice(1), root)).toBe(false);
        expect(checkInclusion(leaf, index, n, [...proof, root], root)).toBe(false);
      }),
    );
  });

  it('refuses a consistency proof in which one bit or one hash is another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), fc.nat({ max: 255 }), (n, seed, which, bit) => {
        const from = 1 + (seed % (n - 1));
        const [fromRoot, root] = [rootHash(from, hashOf), rootHash(n, hashOf)];
        const proof = proveConsistency(from, n, hashOf);
        const flipped = proof.map((hash, i) => (i === which % proof.length ? flip(hash, bit) : hash));
        expect(checkConsistency(from, n, flipped, fromRoot, root)).toBe(false);
        expect(checkConsistency(from, n, proof, flip(fromRoot, bit), root)).toBe(false);
        expect(checkConsistency(from, n, proof, fromRoot, flip(root, bit))).toBe(false);
        expect(checkConsistency(from, n, proof.slice(1), fromRoot, root)).toBe(false);
        expect(checkConsistency(from, n, [...proof, root], fromRoot, root)).toBe(false);
      }),
    );
  });
});

describe('proving in very large trees', () => {
  it('proves in trees far beyond 2^32 leaves, with as many hashes as the tree is high', () => {
    const same = leafHash('the same entry, again and again');
    const rows = [same];
    for (let level = 1; level <= 53; level += 1) rows.push(nodeHash(rows[level - 1] ?? same, rows[level - 1] ?? same));
    const uniform = (level: number): Uint8Array => rows[level] ?? same;
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (large, share) => {
        const n = large + 1 > Number.MAX_SAFE_INTEGER ? large : large + 1;
        const index = Math.floor((n - 1) * share);
        const root = rootHash(n, uniform);
        expect(checkInclusion(same, index, n, proveInclusion(index, n, uniform), root)).toBe(true);
        const from = index + 1;
        expect(checkConsistency(from, n, proveConsistency(from, n, uniform), rootHash(from, uniform), root)).toBe(true);
      }),
    );
    expect(rootNodes(2 ** 53 - 1)).toHaveLength(53);
  });
});

function flip(hash: Uint8Array, bit: number): Uint8Array {
  return hash.map((byte, i) => (i === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));
}
