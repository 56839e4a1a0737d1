import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ExpectedLeaf,
  type IndexLeaf,
  type IndexProof,
  type IndexSource,
  NO_EVENTS,
  bitOf,
  checkIndex,
  compareKeys,
  extendDigest,
  indexNode,
  proveIndex,
  subjectKey,
} from '../../../src/core/log/sealed-index.js';
import { leafHash } from '../../../src/core/log/tree.js';

const leafOf = (subject: string, count: number): IndexLeaf => ({
  key: subjectKey(subject),
  count,
  digest: Array.from({ length: count }, (_, i) => leafHash(`${subject} ${i}`)).reduce(
    (digest, id) => extendDigest(digest, id),
    NO_EVENTS,
  ),
});

const sorted = (leaves: readonly IndexLeaf[]): IndexLeaf[] => leaves.toSorted((a, b) => compareKeys(a.key, b.key));

/** A tree in memory, cut at a depth as a service cuts it. */
function sourceOf(all: readonly IndexLeaf[], cut: number): IndexSource {
  const under = (depth: number, prefix: number): IndexLeaf[] =>
    sorted(all).filter(({ key }) => {
      let number = 0;
      for (let bit = 0; bit < depth; bit += 1) number = number * 2 + bitOf(key, bit);
      return number === prefix;
    });
  return { cut, node: (depth, prefix) => indexNode(under(depth, prefix), depth), leaves: under };
}

const world = fc.record({
  present: fc.uniqueArray(fc.nat(200), { maxLength: 60 }),
  asked: fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 20 }),
  cut: fc.nat(4),
});

function proved(present: readonly number[], asked: readonly number[], cut: number) {
  const leaves = present.map((i) => leafOf(`lot:${i}`, 1 + (i % 3)));
  const expected = new Map<string, ExpectedLeaf>(
    asked.map((i) => [`lot:${i}`, present.includes(i) ? leafOf(`lot:${i}`, 1 + (i % 3)) : null]),
  );
  const keys = [...expected.keys()].map((subject) => subjectKey(subject)).toSorted(compareKeys);
  const proof = proveIndex(keys, sourceOf(leaves, cut));
  return { root: indexNode(sorted(leaves), 0).hash, expected, proof };
}

describe('the sealed index', () => {
  it('proves what is under each subject, and that there is nothing under others', () => {
    fc.assert(
      fc.property(world, ({ present, asked, cut }) => {
        const { root, expected, proof } = proved(present, asked, cut);
        expect(checkIndex(root, expected, proof)).toBe(true);
      }),
    );
  });

  it('proves nothing where an event is left out, added or another, or where a subject is said to be absent', () => {
    fc.assert(
      fc.property(world, fc.nat(), ({ present, asked, cut }, pick) => {
        const { root, expected, proof } = proved(present, asked, cut);
        const subject = `lot:${asked[pick % asked.length]}`;
        const truth = expected.get(subject) ?? null;
        const lies: ExpectedLeaf[] =
          truth === null
            ? [leafOf(subject, 1)]
            : [null, { ...truth, count: truth.count + 1 }, { ...truth, digest: NO_EVENTS }];
        for (const lie of lies) expect(checkIndex(root, new Map(expected).set(subject, lie), proof)).toBe(false);
      }),
    );
  });

  it('takes no proof that was made to fit', () => {
    const { root, expected, proof } = proved([1, 2, 3, 4, 5, 6, 7, 8], [1, 100], 0);
    const forged: IndexProof[] = [
      { ...proof, shape: proof.shape.replace('K', 'E') },
      { ...proof, shape: `${proof.shape}N` },
      { ...proof, shape: 'E' },
      { ...proof, shape: '' },
      { ...proof, hashes: proof.hashes.slice(1) },
      { ...proof, hashes: [...proof.hashes, NO_EVENTS] },
      { ...proof, others: [...proof.others, leafOf('lot:9', 1)] },
      { shape: 'N'.repeat(300), hashes: [], others: [] },
    ];
    for (const lie of forged) expect(checkIndex(root, expected, lie)).toBe(false);
    // Another leaf, true in itself, in a place that is not its own.
    const absent = new Map<string, ExpectedLeaf>([['lot:100', null]]);
    const only = { shape: 'L', hashes: [], others: [leafOf('lot:1', 2)] };
    expect(checkIndex(indexNode([leafOf('lot:1', 2)], 0).hash, absent, only)).toBe(true);
    expect(checkIndex(root, absent, only)).toBe(false);
  });

  it('has one root whatever the order in which its leaves came, and none for nothing', () => {
    expect(indexNode([], 0).hash).toEqual(NO_EVENTS);
    const leaves = [3, 1, 2].map((i) => leafOf(`lot:${i}`, 1));
    expect(indexNode(sorted(leaves), 0)).toEqual(indexNode(sorted(leaves.toReversed()), 0));
  });
});
