import { sha256 as portableSha256 } from '@noble/hashes/sha2.js';

/**
 * The Merkle tree of RFC 6962 §2.1 (= RFC 9162 §2.1) over SHA-256. Sizes and indexes are whole numbers up to 2^53−1, so
 * this file uses no 32-bit operators. Every function that hashes takes the hash function as its last argument: the
 * portable one by default, the platform's on a server.
 */
export type Sha256 = (data: Uint8Array) => Uint8Array;

export const HASH_BYTES = 32;

/** The default hash function: pure JavaScript, portable. */
export const defaultSha256: Sha256 = (data) => portableSha256(data);

/** A complete subtree: the root over the 2^level leaves that begin at index · 2^level. */
export interface NodeId {
  level: number;
  index: number;
}

/** Returns the hash of a complete subtree. */
export type HashOf = (level: number, index: number) => Uint8Array;

/** The leaves [start, end) under one node of the tree; it is a complete subtree except at the tree's right edge. */
export interface Span {
  start: number;
  end: number;
}

const encoder = new TextEncoder();

/** Computes SHA-256(0x00 ‖ entry). Text is hashed as UTF-8, which for a JWS is its ASCII. */
export function leafHash(entry: Uint8Array | string, sha256: Sha256 = defaultSha256): Uint8Array {
  const bytes = typeof entry === 'string' ? encoder.encode(entry) : entry;
  const input = new Uint8Array(1 + bytes.length);
  input.set(bytes, 1);
  return sha256(input);
}

/** Computes SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256 = defaultSha256): Uint8Array {
  const input = new Uint8Array(1 + left.length + right.length);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + left.length);
  return sha256(input);
}

/** Returns the root of the empty tree: SHA-256 of zero bytes. */
export function emptyRoot(sha256: Sha256 = defaultSha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function requireSize(size: number): void {
  if (!isCount(size)) throw new RangeError(`A tree cannot have ${size} leaves.`);
}

function requireOrder(from: number, to: number): void {
  requireSize(to);
  if (!isCount(from) || from > to) throw new RangeError(`A tree of ${to} leaves was never ${from} leaves long.`);
}

/** Returns the largest power of two smaller than `size` (size ≥ 2), at which RFC 6962 splits a tree. */
export function splitPoint(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/** Lists the complete subtrees that make up a span, largest first. */
export function spanNodes({ start, end }: Span): NodeId[] {
  const nodes: NodeId[] = [];
  let width = 1;
  let level = 0;
  while (width * 2 <= end - start) {
    width *= 2;
    level += 1;
  }
  for (let at = start; at < end; level -= 1, width /= 2) {
    if (end - at < width) continue;
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** Computes MTH(D[start:end]): the peaks of the span folded from the right. */
export function spanHash(span: Span, hashOf: HashOf, sha256: Sha256 = defaultSha256): Uint8Array {
  const peaks = spanNodes(span).map(({ level, index }) => hashOf(level, index));
  return peaks.reduceRight((right, left) => nodeHash(left, right, sha256));
}

/** Lists the complete subtrees of the binary decomposition of `size`, largest first. */
export function rootNodes(size: number): NodeId[] {
  requireSize(size);
  return spanNodes({ start: 0, end: size });
}

/** Computes MTH(D[0:size]). */
export function rootHash(size: number, hashOf: HashOf, sha256: Sha256 = defaultSha256): Uint8Array {
  requireSize(size);
  return size === 0 ? emptyRoot(sha256) : spanHash({ start: 0, end: size }, hashOf, sha256);
}

/** Lists the spans whose hashes are PATH(index, D[0:size]) (RFC 6962 §2.1.1), from the leaf's sibling up. */
export function inclusionSpans(index: number, size: number): Span[] {
  requireSize(size);
  if (!isCount(index) || index >= size) throw new RangeError(`There is no leaf ${index} in a tree of ${size}.`);
  const spans: Span[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      spans.push({ start: middle, end });
      end = middle;
    } else {
      spans.push({ start, end: middle });
      start = middle;
    }
  }
  return spans.toReversed();
}

/** Lists the complete subtrees that `proveInclusion` needs. */
export function inclusionNodes(index: number, size: number): NodeId[] {
  return inclusionSpans(index, size).flatMap(spanNodes);
}

/** Computes PATH(index, D[0:size]): the sibling hashes from the leaf to just below the root. */
export function proveInclusion(
  index: number,
  size: number,
  hashOf: HashOf,
  sha256: Sha256 = defaultSha256,
): Uint8Array[] {
  return inclusionSpans(index, size).map((span) => spanHash(span, hashOf, sha256));
}

/** Lists the spans whose hashes are PROOF(from, D[0:to]) (RFC 6962 §2.1.2); none from the empty tree. */
function consistencySpans(from: number, to: number): Span[] {
  requireOrder(from, to);
  if (from === 0 || from === to) return [];
  const spans: Span[] = [];
  let start = 0;
  let end = to;
  while (end !== from) {
    const middle = start + splitPoint(end - start);
    if (from <= middle) {
      spans.push({ start: middle, end });
      end = middle;
    } else {
      spans.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) spans.push({ start, end });
  return spans.toReversed();
}

/** Lists the complete subtrees that `proveConsistency` needs. */
export function consistencyNodes(from: number, to: number): NodeId[] {
  return consistencySpans(from, to).flatMap(spanNodes);
}

/** Computes PROOF(from, D[0:to]): the tree of `to` leaves begins with the tree of `from` leaves. */
export function proveConsistency(
  from: number,
  to: number,
  hashOf: HashOf,
  sha256: Sha256 = defaultSha256,
): Uint8Array[] {
  return consistencySpans(from, to).map((span) => spanHash(span, hashOf, sha256));
}

/** Compares two 32-byte hashes. Hashes are public, so this need not take constant time. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === HASH_BYTES && b.length === HASH_BYTES && a.every((byte, i) => byte === b[i]);
}

const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every(({ length }) => length === HASH_BYTES);
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

/** Verifies `proof` of the leaf at `index` under `root` (RFC 9162 §2.1.3.2). Returns false for malformed input. */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
  sha256: Sha256 = defaultSha256,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (leaf.length !== HASH_BYTES || !areHashes(proof)) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash, sha256);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hash = nodeHash(hash, sibling, sha256);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameHash(hash, root);
}

/**
 * Verifies `proof` that the tree of `to` leaves and root `toRoot` begins with that of `from` leaves and `fromRoot` (RFC
 * 9162 §2.1.4.2). Every tree begins with the empty one: from 0 the proof is empty and `fromRoot` is `emptyRoot`.
 */
export function checkConsistency(
  from: number,
  to: number,
  proof: readonly Uint8Array[],
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
  sha256: Sha256 = defaultSha256,
): boolean {
  if (!isCount(from) || !isCount(to) || from > to || !areHashes(proof)) return false;
  if (from === to) return proof.length === 0 && sameHash(fromRoot, toRoot) && isEmptyIfZero(from, fromRoot, sha256);
  if (from === 0) return proof.length === 0 && isEmptyIfZero(0, fromRoot, sha256) && toRoot.length === HASH_BYTES;
  let fn = from - 1;
  let sn = to - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  // If `from` is a power of two, it is a node of the larger tree: its known root begins the path.
  const [first, ...rest] = fn === 0 ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      oldHash = nodeHash(sibling, oldHash, sha256);
      newHash = nodeHash(sibling, newHash, sha256);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      newHash = nodeHash(newHash, sibling, sha256);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameHash(oldHash, fromRoot) && sameHash(newHash, toRoot);
}

function isEmptyIfZero(size: number, root: Uint8Array, sha256: Sha256): boolean {
  return size !== 0 || sameHash(root, emptyRoot(sha256));
}
