import { timingSafeEqual } from 'node:crypto';
import { TreeEdge } from '../../core/log/edge.js';
import { leafHash } from '../../core/log/tree.js';
import { sha256 } from '../../platform/sha256.js';

/** Leaves that are hashed into the tree together. */
const PIECE = 512;

/** Recomputes the tree of the log from entries as they pass, and keeps the roots at the sizes that are asked for. */
export class CheckTree {
  private readonly edge = TreeEdge.at(0, []);
  private readonly roots = new Map<number, Uint8Array>();
  private leaves: Uint8Array[] = [];

  /** @param sizes at which the root is wanted. */
  constructor(private readonly sizes: ReadonlySet<number>) {
    if (sizes.has(0)) this.roots.set(0, this.edge.root());
  }

  get size(): number {
    return this.edge.size + this.leaves.length;
  }

  /** Adds the next entry. Throws where it is not the next one. */
  add(index: number, jws: string): void {
    if (index !== this.size) throw new Error(`Entry ${this.size} is missing: after it comes ${index}.`);
    this.leaves.push(leafHash(jws, sha256));
    if (this.sizes.has(this.size)) {
      this.flush();
      this.roots.set(this.edge.size, this.edge.root());
    } else if (this.leaves.length === PIECE) this.flush();
  }

  /** Whether the entries give this root at this size, which must have been asked for. */
  gives(size: number, root: Uint8Array): boolean {
    const found = this.roots.get(size);
    return found !== undefined && timingSafeEqual(found, root);
  }

  private flush(): void {
    if (this.leaves.length > 0) this.edge.append(this.leaves);
    this.leaves = [];
  }
}
