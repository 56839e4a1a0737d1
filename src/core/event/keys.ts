import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type CryptoKey, flattenedVerify, importJWK } from 'jose';
import * as z from 'zod';
import { AditError } from '../errors.js';
import { isAcceptableEd25519, isSoundEd25519Key } from '../signature/ed25519.js';
import { verifyEd25519ByWebCrypto } from '../signature/web-crypto.js';
import { decodeBase64url, decodeUtf8, encodeBase64url, parseStrictJson } from './grammar.js';

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

/** Returns whether `x` encodes a key that the acceptance rule allows. */
function isEd25519Key(x: string): boolean {
  const bytes = decoded(x);
  return bytes !== null && isSoundEd25519Key(bytes);
}

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

/** Returns the algorithm of a key. The key decides it, never the header. */
export const algOf = (jwk: PublicJwk): SignatureAlgorithm => (jwk.kty === 'OKP' ? 'Ed25519' : 'ES256');

export const isSameKey = (a: PublicJwk, b: PublicJwk): boolean =>
  a.kty === 'EC' ? b.kty === 'EC' && a.x === b.x && a.y === b.y : b.kty === 'OKP' && a.x === b.x;

/** Computes the RFC 7638 SHA-256 thumbprint, which identifies the key everywhere. */
export function thumbprint(jwk: PublicJwk): string {
  const members =
    jwk.kty === 'OKP'
      ? `{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`
      : `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
  return encodeBase64url(sha256(utf8ToBytes(members)));
}

/** Verifies a signature over `signingInput`. The core takes it as an argument: a server passes a faster one. */
export type SignatureCheck = (
  jwk: PublicJwk,
  signingInput: string,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Order of P-256 and half of it, big-endian (FIPS 186-5). */
const P256_ORDER = hexBytes('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const P256_HALF_ORDER = hexBytes('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8');

/** Compares big-endian numbers of equal length: −1, 0 or 1. */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < b.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => compare(a, b) === 0;

/**
 * Checks the bytes of a signature alone, so that no signature has a second valid form: Ed25519 by the acceptance rule;
 * ES256 with r and s in range and s in the lower half.
 */
export function signatureAcceptable(alg: SignatureAlgorithm, signature: Uint8Array): boolean {
  if (alg === 'Ed25519') return isAcceptableEd25519(signature);
  if (signature.length !== 64) return false;
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const zero = new Uint8Array(32);
  if (sameBytes(r, zero) || sameBytes(s, zero)) return false;
  return compare(r, P256_ORDER) < 0 && compare(s, P256_HALF_ORDER) <= 0;
}

/** Cached imported keys at most, by thumbprint; the oldest are dropped first. */
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

/** Reads the algorithm in a header; null if there is no such header. */
function headerAlg(header: string): unknown {
  try {
    return (parseStrictJson(decodeUtf8(decodeBase64url(header))) as { alg?: unknown } | null)?.alg;
  } catch {
    return null;
  }
}

/** Verifies on the platform's WebCrypto by the acceptance rule; never throws for a bad signature or key. */
export const checkSignature: SignatureCheck = async (jwk, signingInput, signature) => {
  const alg = algOf(jwk);
  const [header = '', payload = ''] = signingInput.split('.');
  if (!signatureAcceptable(alg, signature) || headerAlg(header) !== alg) return false;
  if (jwk.kty === 'OKP') {
    const key = decoded(jwk.x);
    return key !== null && verifyEd25519ByWebCrypto(signature, utf8ToBytes(signingInput), key);
  }
  try {
    await flattenedVerify({ protected: header, payload, signature: encodeBase64url(signature) }, await importKey(jwk), {
      algorithms: [alg],
    });
    return true;
  } catch {
    return false;
  }
};
