import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/**
 * The acceptance rule for every Ed25519 signature: events, possession proofs, refusals, checkpoints, cosignatures. A
 * signature (R, S) of a message M by a key A is accepted exactly if
 *
 * 1. A is the canonical encoding of a point of the prime-order group other than the identity;
 * 2. S < L, R is canonical and not of small order;
 * 3. encode([S]B − [k]A) = R with k = SHA-512(R ‖ A ‖ M) mod L: the equation of RFC 8032 §5.1.7 without the cofactor.
 *
 * Go's crypto/ed25519 and OpenSSL accept every such signature. A verifier that multiplies by the cofactor accepts more:
 * readers with different software would then disagree about what is signed.
 */
export type Ed25519Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Order L of the base point, big-endian (RFC 8032 §5.1). */
const ORDER = hexToBytes('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed');
/** p = 2^255 − 19, big-endian: larger y have a second encoding. */
const PRIME = hexToBytes('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed');
/** The y of the eight points of small order, big-endian, sign bit cleared. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000001',
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec',
].map(hexToBytes);

/** Compares big-endian numbers of one length: −1, 0 or 1. */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < b.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Copies little-endian bytes in big-endian order. */
const reversed = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes).reverse();

/** Checks point 2 of the rule, which needs no curve arithmetic. */
export function isAcceptableEd25519(signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  if (compare(reversed(signature.subarray(32)), ORDER) >= 0) return false;
  const y = reversed(signature.subarray(0, 32));
  y[0] = (y[0] ?? 0) & 0x7f;
  return compare(y, PRIME) < 0 && !SMALL_ORDER.some((small) => compare(y, small) === 0);
}

/** Cached keys that passed point 1: the check takes a millisecond, and readers verify the same few keys. */
const soundKeys = new Set<string>();
const SOUND_KEYS = 20_000;

/** Checks point 1 of the rule. */
export function isSoundEd25519Key(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES) return false;
  const name = String.fromCharCode(...publicKey);
  if (soundKeys.has(name)) return true;
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    if (point.isSmallOrder() || !point.isTorsionFree()) return false;
  } catch {
    return false;
  }
  if (soundKeys.size >= SOUND_KEYS) soundKeys.clear();
  soundKeys.add(name);
  return true;
}

/** Reads a little-endian number modulo L. */
const scalar = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % ed25519.Point.Fn.ORDER;

/** Verifies a signature by the rule, in portable JavaScript. */
export const verifyEd25519: Ed25519Verify = (signature, message, publicKey) => {
  if (!isAcceptableEd25519(signature) || !isSoundEd25519Key(publicKey)) return false;
  const [R, S] = [signature.subarray(0, 32), signature.subarray(32)];
  const k = scalar(sha512(concatBytes(R, publicKey, message)));
  const A = ed25519.Point.fromBytes(publicKey, false);
  const expected = ed25519.Point.BASE.multiplyUnsafe(scalar(S)).subtract(A.multiplyUnsafe(k)).toBytes();
  return compare(expected, R) === 0;
};

/**
 * A signature whose R has a component of small order. The equation with the cofactor accepts it, the rule does not: it
 * detects runtimes whose own verifier cannot be used.
 */
export const COFACTOR_PROBE = {
  publicKey: hexToBytes('ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c'),
  message: Uint8Array.of(0x61, 0x64, 0x69, 0x74),
  signature: hexToBytes(
    '57d2c0f650ffdc26c6be8b6ebba8ce76a3fc147a01c92fe082f13b3a0a12d52d7a9f17d6a73400a77ef085a73e0b8e58f56930f3a769e0c866cf02beb3649c0a',
  ),
};
