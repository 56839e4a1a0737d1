import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type CryptoKey, flattenedVerify, importJWK } from 'jose';
import * as z from 'zod';
import { AditError } from '../errors.js';
import { decodeBase64url, encodeBase64url } from './grammar.js';

export type SignatureAlgorithm = 'Ed25519' | 'ES256';

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url');

function decoded(text: string): Uint8Array | null {
  try {
    return decodeBase64url(text);
  } catch (error) {
    if (error instanceof AditError) return null;
    throw error;
  }
}

/**
 * Whether 32 bytes are an Ed25519 public key that every verifier treats alike: the canonical encoding of a point of
 * the prime-order group. With a small-order key anything verifies in some libraries and nothing in others.
 */
function isEd25519Key(x: string): boolean {
  if (knownKeys.has(x)) return true;
  const bytes = decoded(x);
  if (bytes === null) return false;
  try {
    const point = ed25519.Point.fromBytes(bytes, false);
    if (point.isSmallOrder() || !point.isTorsionFree()) return false;
  } catch {
    return false;
  }
  if (knownKeys.size >= KNOWN_KEYS) knownKeys.clear();
  knownKeys.add(x);
  return true;
}

/**
 * Keys that were found good. To find that takes a millisecond, and whoever verifies reads what registered a key again and
 * again: hundreds of them at once would hold up everything else that its thread does.
 */
const knownKeys = new Set<string>();
const KNOWN_KEYS = 20_000;

function isP256Key(x: string, y: string): boolean {
  const [left, right] = [decoded(x), decoded(y)];
  if (left === null || right === null) return false;
  try {
    p256.Point.fromBytes(Uint8Array.of(4, ...left, ...right)).assertValidity();
    return true;
  } catch {
    return false;
  }
}

const ed25519Jwk = z
  .strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate })
  .refine(({ x }) => isEd25519Key(x), { path: ['x'], message: 'is not an Ed25519 key of the prime-order group' });

const p256Jwk = z
  .strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate })
  .refine(({ x, y }) => isP256Key(x, y), { path: ['x'], message: 'is not a point of P-256' });

/** A public JWK with exactly the members of its kind (RFC 7517, RFC 8037). */
export const publicJwkSchema = z.discriminatedUnion('kty', [ed25519Jwk, p256Jwk]);

export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string } | { kty: 'EC'; crv: 'P-256'; x: string; y: string };

/** The algorithm belongs to the key, never to the header. */
export const algOf = (jwk: PublicJwk): SignatureAlgorithm => (jwk.kty === 'OKP' ? 'Ed25519' : 'ES256');

/** RFC 7638 SHA-256 thumbprint: the key's name everywhere. */
export function thumbprint(jwk: PublicJwk): string {
  const members =
    jwk.kty === 'OKP'
      ? `{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`
      : `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
  return encodeBase64url(sha256(utf8ToBytes(members)));
}

/** Whether a signature over `signingInput` verifies; given to the core, so that a server may bring a faster one. */
export type SignatureCheck = (
  jwk: PublicJwk,
  signingInput: string,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Order of the Ed25519 base point, big-endian (RFC 8032 §5.1). */
const ED25519_ORDER = hexBytes('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed');
/** The points of small order, by y with the sign bit cleared, as they are written. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => hexBytes(hex).reverse());
/** p = 2^255 − 19, big-endian: a y from here on is written in more ways than one. */
const ED25519_PRIME = hexBytes('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed');

/** Order of P-256 and its half, big-endian (FIPS 186-5). */
const P256_ORDER = hexBytes('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const P256_HALF_ORDER = hexBytes('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8');

/** −1, 0 or 1 for big-endian numbers of one length. */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < b.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => compare(a, b) === 0;

/**
 * The byte-level rule that stands before every verifier, so that all of them agree and no signature has a twin:
 * Ed25519 with S below the group's order and R neither of small order nor written in a second way (RFC 8032 §5.1.7);
 * ES256 with r and s in range and s in the lower half.
 */
export function signatureAcceptable(alg: SignatureAlgorithm, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  // A copy, because what `slice` gives of a Buffer is the caller's own memory.
  const copy = new Uint8Array(signature);
  const [first, second] = [copy.slice(0, 32), copy.slice(32)];
  if (alg === 'ES256') {
    const zero = new Uint8Array(32);
    if (sameBytes(first, zero) || sameBytes(second, zero)) return false;
    return compare(first, P256_ORDER) < 0 && compare(second, P256_HALF_ORDER) <= 0;
  }
  // Ed25519 writes numbers the other way round; the sign bit of R is no part of its y.
  if (compare(second.reverse(), ED25519_ORDER) >= 0) return false;
  first[31] = (first[31] ?? 0) & 0x7f;
  first.reverse();
  return compare(first, ED25519_PRIME) < 0 && !SMALL_ORDER.some((point) => sameBytes(first, point));
}

/** Imported keys, by thumbprint; the oldest go first. */
const KEY_CACHE = 1_000;
const imported = new Map<string, Promise<CryptoKey | Uint8Array>>();

function importKey(jwk: PublicJwk): Promise<CryptoKey | Uint8Array> {
  const name = thumbprint(jwk);
  let key = imported.get(name);
  if (key === undefined) {
    const oldest = imported.size >= KEY_CACHE ? imported.keys().next().value : undefined;
    if (oldest !== undefined) imported.delete(oldest);
    key = importJWK({ ...jwk }, algOf(jwk));
    imported.set(name, key);
  }
  return key;
}

/** Verifies by `jose` on the platform's WebCrypto, after the byte-level rule; never throws for a bad signature. */
export const checkSignature: SignatureCheck = async (jwk, signingInput, signature) => {
  const alg = algOf(jwk);
  if (!signatureAcceptable(alg, signature)) return false;
  const [header = '', payload = ''] = signingInput.split('.');
  try {
    await flattenedVerify({ protected: header, payload, signature: encodeBase64url(signature) }, await importKey(jwk), {
      algorithms: [alg],
    });
    return true;
  } catch {
    return false;
  }
};
