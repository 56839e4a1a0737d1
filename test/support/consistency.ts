import { hashChildren } from './independent-log.js';

/** RFC 9162 §2.1: the root over leaves [from, to), by its definition. */
function rootOver(leaves: readonly Buffer[], from: number, to: number): Buffer {
  if (to - from === 1) return leaves[from] as Buffer;
  let split = 1;
  while (split * 2 < to - from) split *= 2;
  return hashChildren(rootOver(leaves, from, from + split), rootOver(leaves, from + split, to));
}

/** RFC 9162 §2.1.4.1: the consistency proof from the first m leaves to the first n. */
function proofOf(leaves: readonly Buffer[], m: number, n: number): Buffer[] {
  const subproof = (size: number, from: number, to: number, whole: boolean): Buffer[] => {
    if (size === to - from) return whole ? [] : [rootOver(leaves, from, to)];
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    return size <= split
      ? [...subproof(size, from, from + split, whole), rootOver(leaves, from + split, to)]
      : [...subproof(size - split, from + split, to, false), rootOver(leaves, from, from + split)];
  };
  return subproof(m, 0, n, true);
}

/** RFC 9162 §2.1.4.2: the two roots that a proof made of these leaves leads to. */
export function rootsFromConsistency(m: number, n: number, leaves: readonly Buffer[]): [Buffer, Buffer] {
  const oldRoot = rootOver(leaves, 0, m);
  if (m === n) return [oldRoot, rootOver(leaves, 0, n)];
  const given = proofOf(leaves, m, n);
  const proof = (m & (m - 1)) === 0 ? [oldRoot, ...given] : given;
  let [node, last] = [m - 1, n - 1];
  while (node % 2 === 1) [node, last] = [node >> 1, last >> 1];
  let [first, second] = [proof[0] as Buffer, proof[0] as Buffer];
  for (const hash of proof.slice(1)) {
    if (node % 2 === 1 || node === last) {
      first = hashChildren(hash, first);
      second = hashChildren(hash, second);
      while (node % 2 === 0 && node !== 0) [node, last] = [node >> 1, last >> 1];
    } else {
      second = hashChildren(second, hash);
    }
    [node, last] = [node >> 1, last >> 1];
  }
  return [first, second];
}
