import { type HashOf, emptyRoot, leafHash, nodeHash } from '../../../src/core/log/tree.js';
import { sha256 } from '../../../src/platform/sha256.js';

/** RFC 6962 §2.1 as it is written, by recursion over lists of leaf hashes: slow, and plainly right. */
export function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length <= 1) return leaves[0] ?? emptyRoot();
  const k = largestPowerBelow(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)), sha256);
}

/** PATH(m, D[n]) of §2.1.1. */
export function naivePath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const k = largestPowerBelow(leaves.length);
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

/** SUBPROOF(m, D[n], b) of §2.1.2; PROOF(m, D[n]) with b true. */
export function naiveConsistency(m: number, leaves: readonly Uint8Array[], b = true): Uint8Array[] {
  if (m === leaves.length) return b ? [] : [naiveRoot(leaves)];
  const k = largestPowerBelow(leaves.length);
  return m <= k
    ? [...naiveConsistency(m, leaves.slice(0, k), b), naiveRoot(leaves.slice(k))]
    : [...naiveConsistency(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

function largestPowerBelow(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

export function someLeaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => leafHash(`entry ${i}`, sha256));
}

/** Every complete subtree over the leaves, row upon row. */
export function allNodes(leaves: readonly Uint8Array[]): HashOf {
  const rows: Uint8Array[][] = [[...leaves]];
  for (let row = rows[0] ?? []; row.length > 1; rows.push(row))
    row = Array.from({ length: Math.floor(row.length / 2) }, (_, i) =>
      nodeHash(at(row, 2 * i), at(row, 2 * i + 1), sha256),
    );
  return (level, index) => at(rows[level] ?? [], index);
}

function at(row: readonly Uint8Array[], index: number): Uint8Array {
  const hash = row[index];
  if (hash === undefined) throw new RangeError(`No node ${index} in a row of ${row.length}.`);
  return hash;
}
