import { concatBytes } from '@noble/hashes/utils.js';
import { HASH_BYTES, type Sha256, defaultSha256 } from './tree.js';

/**
 * The sealed index (protocol.md §6): a sorted Merkle map from SHA-256(subject) to the number of entries that name the
 * subject and a hash chain over their ids. It proves that a reader has all of them. It is a binary tree over the bits
 * of the key, most significant first, in which a subtree of one leaf is that leaf and an empty subtree is 32 zero
 * bytes. Every key has one place, so another leaf or an empty subtree at that place proves that the key is absent.
 */
export interface IndexLeaf {
  /** SHA-256 of the subject. */
  key: Uint8Array;
  /** Number of entries that name it: n. */
  count: number;
  /** aₙ = SHA-256(aₙ₋₁ ‖ event id), a₀ being 32 zero bytes. */
  digest: Uint8Array;
}

/** A subtree: its number of leaves and its hash. */
export interface IndexNode {
  leaves: number;
  hash: Uint8Array;
}

const EMPTY_HASH = new Uint8Array(HASH_BYTES);
export const emptyNode: IndexNode = { leaves: 0, hash: EMPTY_HASH };
/** Start of the hash chain over a subject's events. */
export const NO_EVENTS = EMPTY_HASH;

const encoder = new TextEncoder();
export const subjectKey = (subject: string, sha256: Sha256 = defaultSha256): Uint8Array =>
  sha256(encoder.encode(subject));

/**
 * Extends the hash chain over a subject's events.
 * @param id the 32 bytes of an event id
 */
export const extendDigest = (digest: Uint8Array, id: Uint8Array, sha256: Sha256 = defaultSha256): Uint8Array =>
  sha256(concatBytes(digest, id));

/** Computes SHA-256(0x00 ‖ key ‖ n as 8 bytes, big-endian ‖ aₙ). */
function indexLeafHash({ key, count, digest }: IndexLeaf, sha256: Sha256 = defaultSha256): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(count));
  return sha256(concatBytes(Uint8Array.of(0), key, number, digest));
}

/** Computes SHA-256(0x01 ‖ left ‖ right), unless both together have one leaf or none. */
export function combine(left: IndexNode, right: IndexNode, sha256: Sha256 = defaultSha256): IndexNode {
  const leaves = left.leaves + right.leaves;
  if (leaves < 2) return left.leaves === 1 ? left : right;
  return { leaves, hash: sha256(concatBytes(Uint8Array.of(1), left.hash, right.hash)) };
}

/** Returns bit number `depth` of a key, from the most significant. */
export const bitOf = (key: Uint8Array, depth: number): number =>
  ((key[Math.floor(depth / 8)] ?? 0) >> (7 - (depth % 8))) & 1;

/** Returns the position of the first of the sorted keys whose bit at `depth` is 1; they share the bits before. */
function splitAt(keys: readonly Uint8Array[], depth: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bitOf(keys[middle] as Uint8Array, depth) === 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Computes the subtree at `depth` over leaves that share their first `depth` bits, sorted by key. */
export function indexNode(leaves: readonly IndexLeaf[], depth: number, sha256: Sha256 = defaultSha256): IndexNode {
  const [first] = leaves;
  if (first === undefined) return emptyNode;
  if (leaves.length === 1) return { leaves: 1, hash: indexLeafHash(first, sha256) };
  const at = splitAt(
    leaves.map(({ key }) => key),
    depth,
  );
  return combine(
    indexNode(leaves.slice(0, at), depth + 1, sha256),
    indexNode(leaves.slice(at), depth + 1, sha256),
    sha256,
  );
}

export const compareKeys = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
};

/**
 * A proof of the leaves under some keys, with every hash once, in the order of a walk from left to right. `shape` has a
 * letter for each subtree that contains a requested key: N two subtrees follow; E empty; K the leaf of a requested key;
 * L the leaf of another key, the next of `others`. A subtree without requested keys is the next of `hashes`.
 */
export interface IndexProof {
  shape: string;
  hashes: Uint8Array[];
  others: IndexLeaf[];
}

/** A prover's access to the tree. A subtree is named by its depth and the number that its first `depth` bits form. */
export interface IndexSource {
  /** From this depth on, subtrees are computed from their leaves. */
  readonly cut: number;
  node(depth: number, prefix: number): IndexNode;
  /** Returns the leaves of a subtree at the cut, or of one above it that has one leaf, sorted by key. */
  leaves(depth: number, prefix: number): readonly IndexLeaf[];
}

/**
 * Proves the leaves under these keys, or their absence.
 * @param keys sorted, without repetition
 */
export function proveIndex(
  keys: readonly Uint8Array[],
  source: IndexSource,
  sha256: Sha256 = defaultSha256,
): IndexProof {
  const proof: IndexProof = { shape: '', hashes: [], others: [] };
  const leaf = (asked: readonly Uint8Array[], only: IndexLeaf): void => {
    const isAsked = asked.some((key) => compareKeys(key, only.key) === 0);
    proof.shape += isAsked ? 'K' : 'L';
    if (!isAsked) proof.others.push(only);
  };
  const below = (asked: readonly Uint8Array[], leaves: readonly IndexLeaf[], depth: number): void => {
    if (asked.length === 0) proof.hashes.push(indexNode(leaves, depth, sha256).hash);
    else if (leaves.length === 0) proof.shape += 'E';
    else if (leaves.length === 1) leaf(asked, leaves[0] as IndexLeaf);
    else {
      proof.shape += 'N';
      const [at, middle] = [
        splitAt(asked, depth),
        splitAt(
          leaves.map(({ key }) => key),
          depth,
        ),
      ];
      below(asked.slice(0, at), leaves.slice(0, middle), depth + 1);
      below(asked.slice(at), leaves.slice(middle), depth + 1);
    }
  };
  const walk = (asked: readonly Uint8Array[], depth: number, prefix: number): void => {
    const node = source.node(depth, prefix);
    if (asked.length === 0) proof.hashes.push(node.hash);
    else if (depth === source.cut || node.leaves < 2)
      below(asked, node.leaves === 0 ? [] : source.leaves(depth, prefix), depth);
    else {
      proof.shape += 'N';
      const at = splitAt(asked, depth);
      walk(asked.slice(0, at), depth + 1, prefix * 2);
      walk(asked.slice(at), depth + 1, prefix * 2 + 1);
    }
  };
  walk(keys, 0, 0);
  return proof;
}

/** The leaf that a verifier expects under a key; null: no entry. */
export type ExpectedLeaf = Pick<IndexLeaf, 'count' | 'digest'> | null;

/** Walks a proof in the prover's order; any mismatch ends it. */
class ProofReader {
  private letter = 0;
  private hash = 0;
  private other = 0;

  constructor(
    private readonly proof: IndexProof,
    private readonly expected: ReadonlyMap<Uint8Array, ExpectedLeaf>,
    private readonly sha256: Sha256,
  ) {}

  /** Returns the hash of a subtree; null if the proof does not fit. */
  read(asked: readonly Uint8Array[], depth: number): Uint8Array | null {
    if (asked.length === 0) return this.proof.hashes[this.hash++] ?? null;
    const letter = this.proof.shape[this.letter++];
    if (letter === 'N' && depth < 8 * HASH_BYTES) return this.both(asked, depth);
    const present = asked.filter((key) => this.expected.get(key) !== null);
    if (letter === 'E') return present.length === 0 ? EMPTY_HASH : null;
    if (letter === 'K') return this.own(present);
    return letter === 'L' && present.length === 0 ? this.foreign(asked, depth) : null;
  }

  get done(): boolean {
    const { shape, hashes, others } = this.proof;
    return this.letter === shape.length && this.hash === hashes.length && this.other === others.length;
  }

  private both(asked: readonly Uint8Array[], depth: number): Uint8Array | null {
    const at = splitAt(asked, depth);
    const left = this.read(asked.slice(0, at), depth + 1);
    const right = left === null ? null : this.read(asked.slice(at), depth + 1);
    return left === null || right === null ? null : this.sha256(concatBytes(Uint8Array.of(1), left, right));
  }

  private own(present: readonly Uint8Array[]): Uint8Array | null {
    const [key, second] = present;
    const leaf = key === undefined ? undefined : this.expected.get(key);
    return key === undefined || !leaf || second !== undefined ? null : indexLeafHash({ key, ...leaf }, this.sha256);
  }

  /** Reads another key's leaf where the requested keys would be: that key must belong there, and be none of them. */
  private foreign(asked: readonly Uint8Array[], depth: number): Uint8Array | null {
    const leaf = this.proof.others[this.other++];
    const [first] = asked;
    if (leaf === undefined || first === undefined || asked.some((key) => compareKeys(key, leaf.key) === 0)) return null;
    for (let bit = 0; bit < depth; bit += 1) if (bitOf(leaf.key, bit) !== bitOf(first, bit)) return null;
    return indexLeafHash(leaf, this.sha256);
  }
}

/** Verifies that the root contains, for each subject, exactly the expected entries. */
export function checkIndex(
  root: Uint8Array,
  expected: ReadonlyMap<string, ExpectedLeaf>,
  proof: IndexProof,
  sha256: Sha256 = defaultSha256,
): boolean {
  const byKey = new Map([...expected].map(([subject, leaf]) => [subjectKey(subject, sha256), leaf]));
  const reader = new ProofReader(proof, byKey, sha256);
  const hash = reader.read([...byKey.keys()].toSorted(compareKeys), 0);
  return hash !== null && reader.done && compareKeys(hash, root) === 0;
}
