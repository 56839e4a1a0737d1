import {
  type HashOf,
  type NodeId,
  type Sha256,
  type Span,
  defaultSha256,
  inclusionSpans,
  nodeHash,
  spanHash,
  spanNodes,
  splitPoint,
} from './tree.js';

/**
 * One proof for many leaves: the part of the tree (RFC 6962 §2.1) between its root and each of them, and each earlier
 * size whose root is requested, with every hash once. The hashes are ordered from left to right: those of the spans
 * that contain nothing requested. The request determines these spans, so the proof does not describe them.
 */
export interface RequestedHash {
  /** Indexes of leaves, ascending, none twice. */
  leaves: readonly number[];
  /** Earlier sizes, ascending, none twice, above 0. */
  sizes: readonly number[];
}

/** Walks the tree down to everything requested, from left to right. */
class Walk {
  private leaf = 0;
  private size = 0;

  constructor(
    private readonly asked: RequestedHash,
    private readonly known: (index: number) => Uint8Array,
    private readonly other: (span: Span) => Uint8Array,
    private readonly combine: (left: Uint8Array, right: Uint8Array, span: Span) => Uint8Array,
  ) {}

  /** Returns the hash of a span. Everything requested to its left must have been visited. */
  hash(span: Span): Uint8Array {
    const { start, end } = span;
    const { leaves, sizes } = this.asked;
    while ((sizes[this.size] ?? Infinity) <= start) this.size += 1;
    const hasLeaf = (leaves[this.leaf] ?? Infinity) < end;
    if (end - start === 1 && hasLeaf) {
      this.leaf += 1;
      return this.known(start);
    }
    if (!hasLeaf && (sizes[this.size] ?? Infinity) >= end) return this.other(span);
    const middle = start + splitPoint(end - start);
    const left = this.hash({ start, end: middle });
    return this.combine(left, this.hash({ start: middle, end }), span);
  }
}

const nothing = new Uint8Array(0);

/** Lists the spans whose hashes make up the proof, from left to right. */
function otherSpans(asked: RequestedHash, size: number): Span[] {
  const spans: Span[] = [];
  const other = (span: Span): Uint8Array => {
    spans.push(span);
    return nothing;
  };
  if (size > 0)
    new Walk(
      asked,
      () => nothing,
      other,
      () => nothing,
    ).hash({ start: 0, end: size });
  return spans;
}

/** Lists the complete subtrees that `provePartial` needs. */
export const partialNodes = (asked: RequestedHash, size: number): NodeId[] =>
  otherSpans(asked, size).flatMap(spanNodes);

/** Returns the hashes of the proof, 32 bytes each. */
export const provePartial = (
  asked: RequestedHash,
  size: number,
  hashOf: HashOf,
  sha256: Sha256 = defaultSha256,
): Uint8Array[] => otherSpans(asked, size).map((span) => spanHash(span, hashOf, sha256));

/** Roots computed from a proof, to be compared with signed roots. */
export interface PartialTree {
  /** The root over all leaves. */
  root: Uint8Array;
  /** The root at each size requested. */
  roots: Map<number, Uint8Array>;
  /** Returns PATH of one of the leaves (RFC 6962 §2.1.1), from its sibling up: the usual inclusion proof. */
  path(index: number): Uint8Array[];
}

/**
 * Computes the part of the tree that a proof shows; null if it has more or fewer hashes than needed. The caller
 * compares the roots with the signed ones.
 */
export function checkPartial(
  leaves: ReadonlyMap<number, Uint8Array>,
  sizes: readonly number[],
  size: number,
  proof: readonly Uint8Array[],
  sha256: Sha256 = defaultSha256,
): PartialTree | null {
  const asked = { leaves: ascending(leaves.keys()), sizes: ascending(sizes) };
  if (size < 1 || (asked.leaves.at(-1) ?? 0) >= size || (asked.sizes.at(-1) ?? 0) > size) return null;
  if ((asked.leaves[0] ?? 0) < 0 || (asked.sizes[0] ?? 1) < 1) return null;
  const spans = new Map<string, Uint8Array>();
  const keep = ({ start, end }: Span, hash: Uint8Array): Uint8Array => {
    spans.set(`${start}/${end}`, hash);
    return hash;
  };
  let next = 0;
  const walk = new Walk(
    asked,
    (index) => keep({ start: index, end: index + 1 }, leaves.get(index) as Uint8Array),
    (span) => keep(span, proof[next++] ?? nothing),
    (left, right, span) => keep(span, nodeHash(left, right, sha256)),
  );
  const root = walk.hash({ start: 0, end: size });
  if (next !== proof.length) return null;
  const hashOf: HashOf = (level, index) => {
    const width = 2 ** level;
    return spans.get(`${index * width}/${(index + 1) * width}`) ?? nothing;
  };
  const rootAt = (at: number): Uint8Array => (at === size ? root : spanHash({ start: 0, end: at }, hashOf, sha256));
  return {
    root,
    roots: new Map(asked.sizes.map((at) => [at, rootAt(at)])),
    path: (index) => inclusionSpans(index, size).map(({ start, end }) => spans.get(`${start}/${end}`) ?? nothing),
  };
}

const ascending = (numbers: Iterable<number>): number[] => [...new Set(numbers)].toSorted((a, b) => a - b);
