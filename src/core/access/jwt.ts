import * as z from 'zod';
import { AditError } from '../errors.js';
import type { Typ } from '../event/envelope.js';
import { decodeBase64url, decodeUtf8, parseStrictJson } from '../event/grammar.js';
import { type PublicJwk, type SignatureAlgorithm, type SignatureCheck, algOf } from '../event/keys.js';
import { withLowS } from '../event/signer.js';

/** Characters of a token or proof at most. */
const MAX_LENGTH = 8_192;
/** Difference between the clocks of sender and receiver that is accepted, s. */
export const LEEWAY = 60;

export const tokenInvalid = (detail: string): AditError => new AditError('token-invalid', detail);

/** A JWT that follows the strict grammar. Its signature is not verified. */
export interface UnverifiedJwt {
  alg: SignatureAlgorithm;
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  signingInput: string;
  signature: Uint8Array;
}

/** Algorithms by their names in a header: RFC 9864 calls Ed25519 what RFC 8037 calls EdDSA. No other is accepted. */
const algorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  Ed25519: 'Ed25519',
  EdDSA: 'Ed25519',
  ES256: 'ES256',
};

const algorithmOf = (name: unknown): SignatureAlgorithm | null =>
  typeof name === 'string' && Object.hasOwn(algorithms, name) ? (algorithms[name] ?? null) : null;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const partOf = (text: string): unknown => parseStrictJson(decodeUtf8(decodeBase64url(text)));

/**
 * Parses a JWT of one `typ`, whose header has exactly `alg`, `typ` and one member that names or contains the key. Throws
 * `token-invalid`, before any cryptography.
 */
export function readJwt(text: string, typ: Typ, keyMember: 'kid' | 'jwk'): UnverifiedJwt {
  const parts = text.length > MAX_LENGTH ? [] : text.split('.');
  const [head = '', body = '', tail = ''] = parts;
  if (parts.length !== 3 || parts.includes('')) throw tokenInvalid(`What was sent as ${typ} is no compact JWS.`);
  let header: unknown;
  let claims: unknown;
  let signature: Uint8Array;
  try {
    [header, claims, signature] = [partOf(head), partOf(body), decodeBase64url(tail)];
  } catch (error) {
    throw tokenInvalid(`What was sent as ${typ} cannot be read. ${error instanceof AditError ? error.detail : ''}`);
  }
  if (!isObject(header) || !isObject(claims)) throw tokenInvalid('Header and claims must be JSON objects.');
  if (header.typ !== typ) throw tokenInvalid(`typ must be ${typ}.`);
  if (Object.keys(header).toSorted().join() !== ['alg', 'typ', keyMember].toSorted().join())
    throw tokenInvalid(`The header must have exactly alg, typ and ${keyMember}.`);
  const alg = algorithmOf(header.alg);
  if (alg === null) throw tokenInvalid('alg must be Ed25519 (or EdDSA) or ES256.');
  return { alg, header, claims, signingInput: `${head}.${body}`, signature };
}

/**
 * Verifies the signature of a JWT by a key of its algorithm. ES256 signatures with a high S are accepted, since a token has
 * its `jti` against replay and no id from its bytes. Throws `token-invalid`.
 */
export async function verifyJwt(
  { alg, signingInput, signature }: UnverifiedJwt,
  key: PublicJwk,
  check: SignatureCheck,
): Promise<void> {
  const fits = algOf(key) === alg && signature.length === 64;
  if (!fits || !(await check(key, signingInput, alg === 'ES256' ? lowered(signature) : signature)))
    throw tokenInvalid('The signature does not verify.');
}

function lowered(signature: Uint8Array): Uint8Array {
  try {
    return withLowS(signature);
  } catch {
    // A number out of range: the check refuses it.
    return signature;
  }
}

export const time = z.int().min(0);
export const jti = z.string().min(16, 'must have at least 16 characters, of 128 random bits').max(256);

/** Returns the `kid` of a JWT, which is a thumbprint (RFC 7638). Throws `token-invalid`. */
export function kidOf({ header: { kid } }: UnverifiedJwt): string {
  if (typeof kid === 'string' && /^[A-Za-z0-9_-]{43}$/.test(kid)) return kid;
  throw tokenInvalid('kid must be the RFC 7638 SHA-256 thumbprint of the key.');
}

/** Parses claims. Throws `token-invalid` with the first fault. */
export function readClaims<T>(schema: z.ZodType<T>, { claims }: UnverifiedJwt): T {
  const { data, error } = schema.safeParse(claims);
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw tokenInvalid(`The claim ${issue?.path.join('.') ?? ''} is not as it must be: ${issue?.message ?? ''}.`);
}
