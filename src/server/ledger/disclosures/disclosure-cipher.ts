import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A stored disclosure: its ciphertext, and its key, which is in a separate table. */
export interface EncryptedDisclosure {
  /** Nonce, ciphertext and tag. */
  ciphertext: Buffer;
  key: Buffer;
}

/** Encrypts a disclosure under a new key, bound to its digest (AES-256-GCM, NIST SP 800-38D). */
export function sealDisclosure(disclosure: string, digest: string): EncryptedDisclosure {
  const key = randomBytes(KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(digest));
  const text = Buffer.concat([cipher.update(disclosure, 'utf8'), cipher.final()]);
  return { key, ciphertext: Buffer.concat([nonce, text, cipher.getAuthTag()]) };
}

/** Decrypts a disclosure; null if key, ciphertext and digest do not belong together. */
export function openDisclosure({ ciphertext, key }: EncryptedDisclosure, digest: string): string | null {
  if (key.length !== KEY_BYTES || ciphertext.length < NONCE_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, ciphertext.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(digest))
      .setAuthTag(ciphertext.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(ciphertext.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString();
  } catch {
    return null;
  }
}
