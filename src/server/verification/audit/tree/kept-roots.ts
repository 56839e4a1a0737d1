const HASH_BYTES = 32;
const FIRST_ROOM = 1_024;

/** Stores roots of a growing tree by size, 40 bytes each, because a busy log signs thousands a minute. */
export class KeptRoots {
  private sizes = new Float64Array(FIRST_ROOM);
  private roots = new Uint8Array(FIRST_ROOM * HASH_BYTES);
  private count = 0;

  /** Stores the root of a size. Throws a RangeError if a larger size is stored. */
  keep(size: number, root: Uint8Array): void {
    const last = this.count === 0 ? -1 : (this.sizes[this.count - 1] as number);
    if (size === last) return;
    if (size < last) throw new RangeError(`The root of size ${size} comes after that of size ${last}.`);
    if (this.count === this.sizes.length) this.grow();
    this.sizes[this.count] = size;
    this.roots.set(root, this.count * HASH_BYTES);
    this.count += 1;
  }

  /** Returns the root of a size, or undefined. */
  get(size: number): Uint8Array | undefined {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sizes[middle] as number) < size) low = middle + 1;
      else high = middle;
    }
    if (low === this.count || this.sizes[low] !== size) return undefined;
    return this.roots.subarray(low * HASH_BYTES, (low + 1) * HASH_BYTES);
  }

  private grow(): void {
    const [sizes, roots] = [this.sizes, this.roots];
    this.sizes = new Float64Array(sizes.length * 2);
    this.sizes.set(sizes);
    this.roots = new Uint8Array(roots.length * 2);
    this.roots.set(roots);
  }
}
