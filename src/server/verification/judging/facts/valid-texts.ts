/** Texts that are remembered at most: 4 MiB. */
const CAPACITY = 2 ** 18;
/** Bytes of a digest that are kept: another text with the same ones cannot be made. */
const BYTES = 16;

/**
 * Remembers by their digests which entries have passed all checks, so that a text that is read again is only decoded. A text
 * that was changed in the database has another digest. An entry takes the place of one that is `CAPACITY` older.
 */
export class ValidTexts {
  private readonly digests = new Uint8Array(CAPACITY * BYTES);

  /** @param digest SHA-256 of what was signed. */
  has(index: number, digest: Uint8Array): boolean {
    const at = (index % CAPACITY) * BYTES;
    for (let i = 0; i < BYTES; i += 1) if (this.digests[at + i] !== digest[i]) return false;
    return true;
  }

  add(index: number, digest: Uint8Array): void {
    this.digests.set(digest.subarray(0, BYTES), (index % CAPACITY) * BYTES);
  }
}
