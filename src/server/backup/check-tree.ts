import { timingSafeEqual } from 'node:crypto';
import { TreeEdge } from '../../core/log/edge.js';
import { leafHash } from '../../core/log/tree.js';
import { sha256 } from '../../platform/sha256.js';

/** Leaves hashed into the tree at once. */
const PIECE = 512;

/** Recomputes the log's tree from a stream of entries and records the roots at given sizes. */
export class CheckTree {
  private readonly edge = TreeEdge.at(0, []);
  private readonly roots = new Map<number, Uint8Array>();
  private leaves: Uint8Array[] = [];

  /** @param sizes whose roots are recorded. */
  constructor(private readonly sizes: ReadonlySet<number>) {
    if (sizes.has(0)) this.roots.set(0, this.edge.root());
  }

  get size(): number {
    return this.edge.size + this.leaves.length;
  }

  /** Adds the next entry. Throws if an index is missing. */
  add(index: number, jws: string): void {
    if (index !== this.size) throw new Error(`Entry ${this.size} is missing before entry ${index}.`);
    this.leaves.push(leafHash(jws, sha256));
    if (this.sizes.has(this.size)) {
      this.flush();
      this.roots.set(this.edge.size, this.edge.root());
    } else if (this.leaves.length === PIECE) this.flush();
  }

  /** Whether the entries have this root at this size, which must be one of `sizes`. */
  gives(size: number, root: Uint8Array): boolean {
    const found = this.roots.get(size);
    return found !== undefined && timingSafeEqual(found, root);
  }

  private flush(): void {
    if (this.leaves.length > 0) this.edge.append(this.leaves);
    this.leaves = [];
  }
}
