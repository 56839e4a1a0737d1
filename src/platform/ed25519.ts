import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { COFACTOR_PROBE, isAcceptableEd25519, isSoundEd25519Key } from '../core/signature/ed25519.js';

/** Cached keys at most; they take a few megabytes. */
const KEY_CACHE = 10_000;

/** Prefix of an Ed25519 SubjectPublicKeyInfo before its 32 bytes (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export type Sodium = typeof import('sodium-native');

/** Verifies a signature by a key in base64url. */
export type Ed25519CheckByName = (signature: Uint8Array, message: Buffer, x: string) => boolean;

/** Returns the same memory as a Buffer. */
export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads a key that the acceptance rule allows; null for any other bytes. */
type KeyReader<Key> = (bytes: Buffer) => Key | null;

/** Applies the acceptance rule before a native equation, and caches the keys. */
function behindTheRule<Key>(
  read: KeyReader<Key>,
  equation: (signature: Uint8Array, message: Buffer, key: Key) => boolean,
): Ed25519CheckByName {
  const keys = new Map<string, Key | null>();
  const keyOf = (x: string): Key | null => {
    let key = keys.get(x);
    if (key === undefined) {
      const bytes = Buffer.from(x, 'base64url');
      key = bytes.length === 32 && bytes.toString('base64url') === x ? read(bytes) : null;
      if (keys.size >= KEY_CACHE) keys.clear();
      keys.set(x, key);
    }
    return key;
  };
  return (signature, message, x) => {
    if (!isAcceptableEd25519(signature)) return false;
    const key = keyOf(x);
    return key !== null && equation(signature, message, key);
  };
}

/** Verifies with OpenSSL, whose equation has no cofactor. */
export const opensslEd25519 = (): Ed25519CheckByName =>
  behindTheRule<KeyObject>(
    (bytes) =>
      isSoundEd25519Key(bytes)
        ? createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' })
        : null,
    (signature, message, key) => verify(null, message, key, signature),
  );

/** Verifies with libsodium, twice as fast as OpenSSL. It checks a key in a twentieth of the portable time. */
export const sodiumEd25519 = (sodium: Sodium): Ed25519CheckByName =>
  behindTheRule<Buffer>(
    (bytes) => (sodium.crypto_core_ed25519_is_valid_point(bytes) ? bytes : null),
    (signature, message, key) => sodium.crypto_sign_verify_detached(bufferOf(signature), message, key),
  );

/** Loads libsodium; null if its binary is missing, or its release multiplies by the cofactor. */
export async function loadSodium(): Promise<Sodium | null> {
  let sodium: Sodium;
  try {
    ({ default: sodium } = (await import('sodium-native')) as { default: Sodium });
  } catch {
    return null;
  }
  const { signature, message, publicKey } = COFACTOR_PROBE;
  const accepts = sodium.crypto_sign_verify_detached(bufferOf(signature), bufferOf(message), bufferOf(publicKey));
  return accepts ? null : sodium;
}
