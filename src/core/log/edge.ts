import { TILE_HEIGHT, TILE_WIDTH } from './tile.js';
import {
  HASH_BYTES,
  type HashOf,
  type Sha256,
  defaultSha256,
  inclusionSpans,
  nodeHash,
  rootHash,
  rootNodes,
  spanHash,
} from './tree.js';

/** A tile that an append completed: its 256 hashes concatenated (8192 bytes), and the root over them. */
export interface FullTile {
  level: number;
  index: number;
  hashes: Uint8Array;
  root: Uint8Array;
}

/** Neighbouring nodes of one tree level, from number `first` to the newest. */
interface Row {
  first: number;
  hashes: Uint8Array[];
}

/**
 * The right edge of the log's tree: enough of it to append without reading stored tiles. It holds, at every level, the
 * nodes of the partial tile and the nodes of the newest append. Memory grows with the height of the tree and the size
 * of one append; each appended leaf costs two hashes.
 */
export class TreeEdge {
  /** Size before the newest append; `proveAppended` can prove leaves from this index on. */
  private appendedFrom: number;
  private cachedRoot: Uint8Array | null = null;
  /** Hashes of the incomplete spans up to the right end, by start; the proofs of one append share them. */
  private readonly suffixes = new Map<number, Uint8Array>();

  private constructor(
    private leaves: number,
    private readonly rows: Row[],
    private readonly sha256: Sha256,
  ) {
    this.appendedFrom = leaves;
  }

  /**
   * Restores the edge of a tree of `size` leaves.
   * @param partialTiles for every tile level L with size ≥ 256^L, from 0 up: the floor(size / 256^L) mod 256 hashes of
   * its partial tile (an empty array if all tiles are full), as `partialTiles` returns them. Throws a RangeError for
   * any other number of hashes.
   */
  static at(size: number, partialTiles: readonly (readonly Uint8Array[])[], sha256: Sha256 = defaultSha256): TreeEdge {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`A tree cannot have ${size} leaves.`);
    const rows: Row[] = [];
    let count = size;
    for (const [level, tile] of partialTiles.entries()) {
      const complete = tile.every(({ length }) => length === HASH_BYTES);
      if (count === 0 || tile.length !== count % TILE_WIDTH || !complete)
        throw new RangeError(`The partial tile of level ${level} is not that of a tree of ${size} leaves.`);
      rows.push(...tileRows(count - tile.length, tile, sha256));
      count = Math.floor(count / TILE_WIDTH);
    }
    if (count !== 0) throw new RangeError(`A tree of ${size} leaves has more than ${partialTiles.length} tile levels.`);
    return new TreeEdge(size, rows, sha256);
  }

  get size(): number {
    return this.leaves;
  }

  root(): Uint8Array {
    this.cachedRoot ??= rootHash(this.leaves, this.hashOf, this.sha256);
    return this.cachedRoot;
  }

  /** Appends leaf hashes and returns the tiles that became full, lowest level first. */
  append(leafHashes: readonly Uint8Array[]): { tiles: FullTile[] } {
    this.forgetFullTiles();
    const before = this.leaves;
    this.appendedFrom = before;
    for (const hash of leafHashes) {
      if (hash.length !== HASH_BYTES) throw new RangeError(`A leaf hash has ${HASH_BYTES} bytes, not ${hash.length}.`);
      this.push(hash);
    }
    this.leaves += leafHashes.length;
    return { tiles: this.tilesSince(before) };
  }

  /** Returns the hash of a complete subtree within the edge. Throws a RangeError for one further left. */
  readonly hashOf: HashOf = (level, index) => {
    const row = this.rows[level];
    const hash = row?.hashes[index - row.first];
    if (hash === undefined) throw new RangeError(`Node ${level}/${index} is not at the edge of ${this.leaves} leaves.`);
    return hash;
  };

  /** Returns the peaks: hashes of the complete subtrees that `rootNodes(size)` lists, largest first. */
  frontier(): Uint8Array[] {
    return rootNodes(this.leaves).map(({ level, index }) => this.hashOf(level, index));
  }

  /** Returns the hashes of the partial tile of every level, in the form that `TreeEdge.at` accepts. */
  partialTiles(): Uint8Array[][] {
    const tiles: Uint8Array[][] = [];
    for (let count = this.leaves; count > 0; count = Math.floor(count / TILE_WIDTH)) {
      const level = tiles.length * TILE_HEIGHT;
      const start = count - (count % TILE_WIDTH);
      tiles.push(Array.from({ length: count - start }, (_, i) => this.hashOf(level, start + i)));
    }
    return tiles;
  }

  /**
   * Returns the inclusion proof, under the current root, of a leaf of the newest `append`; else throws a RangeError.
   */
  proveAppended(index: number): Uint8Array[] {
    if (index < this.appendedFrom) throw new RangeError(`Leaf ${index} was there before the newest append.`);
    return inclusionSpans(index, this.leaves).map((span) => {
      if (span.end !== this.leaves) return spanHash(span, this.hashOf, this.sha256);
      const hash = this.suffixes.get(span.start) ?? spanHash(span, this.hashOf, this.sha256);
      this.suffixes.set(span.start, hash);
      return hash;
    });
  }

  /** Copies the edge, so that a failed append leaves this one unchanged. */
  clone(): TreeEdge {
    const rows = this.rows.map(({ first, hashes }) => ({ first, hashes: [...hashes] }));
    const copy = new TreeEdge(this.leaves, rows, this.sha256);
    copy.appendedFrom = this.appendedFrom;
    return copy;
  }

  /** Adds a leaf, and the parent node of every pair that it completes. */
  private push(hash: Uint8Array): void {
    let top = hash;
    for (let at = 0; ; at += 1) {
      const row = (this.rows[at] ??= { first: 0, hashes: [] });
      row.hashes.push(top);
      const left = row.hashes.at(-2);
      if (left === undefined || (row.first + row.hashes.length) % 2 === 1) return;
      top = nodeHash(left, top, this.sha256);
    }
  }

  /** Drops everything left of the partial tiles: it is stored, and no later append needs it. */
  private forgetFullTiles(): void {
    this.cachedRoot = null;
    this.suffixes.clear();
    this.rows.forEach((row, level) => {
      const perTile = 2 ** (TILE_HEIGHT - (level % TILE_HEIGHT));
      const count = row.first + row.hashes.length;
      const start = count - (count % perTile);
      if (start === row.first) return;
      row.hashes.splice(0, start - row.first);
      row.first = start;
    });
  }

  private tilesSince(before: number): FullTile[] {
    const tiles: FullTile[] = [];
    let old = Math.floor(before / TILE_WIDTH);
    let now = Math.floor(this.leaves / TILE_WIDTH);
    for (let level = 0; now > old; level += 1) {
      for (let index = old; index < now; index += 1) tiles.push(this.fullTile(level, index));
      old = Math.floor(old / TILE_WIDTH);
      now = Math.floor(now / TILE_WIDTH);
    }
    return tiles;
  }

  private fullTile(level: number, index: number): FullTile {
    const hashes = new Uint8Array(TILE_WIDTH * HASH_BYTES);
    for (let i = 0; i < TILE_WIDTH; i += 1)
      hashes.set(this.hashOf(level * TILE_HEIGHT, index * TILE_WIDTH + i), i * HASH_BYTES);
    return { level, index, hashes, root: this.hashOf((level + 1) * TILE_HEIGHT, index) };
  }
}

/** Computes the eight rows of nodes within one partial tile, whose hashes begin at number `first` of their level. */
function tileRows(first: number, tile: readonly Uint8Array[], sha256: Sha256): Row[] {
  const rows: Row[] = [];
  let row: Row = { first, hashes: [...tile] };
  while (rows.length < TILE_HEIGHT) {
    rows.push(row);
    row = { first: row.first / 2, hashes: hashPairs(row.hashes, sha256) };
  }
  return rows;
}

function hashPairs(hashes: readonly Uint8Array[], sha256: Sha256): Uint8Array[] {
  return hashes.flatMap((right, i) => {
    const left = hashes[i - 1];
    return left === undefined || i % 2 === 0 ? [] : [nodeHash(left, right, sha256)];
  });
}
