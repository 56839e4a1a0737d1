import { type KeyObject, createHash, sign } from 'node:crypto';
import { AditError } from '../../src/core/errors.js';
import type { PublicJwk } from '../../src/core/event/keys.js';
import { newKeyPair } from './key-pair.js';

/** A signed object put together by hand with Node's own cryptography, so that nothing is checked against itself. */
export interface HandKey {
  alg: 'Ed25519' | 'ES256';
  jwk: PublicJwk;
  kid: string;
  privateKey: KeyObject;
}

export const TYP = 'custody-event+sd-jwt';

export const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url');

export const sha256 = (text: string): string => createHash('sha256').update(text, 'ascii').digest('base64url');

export function handKey(alg: HandKey['alg']): HandKey {
  const pair = newKeyPair(alg);
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
  const jwk: PublicJwk = alg === 'Ed25519' ? { kty: 'OKP', crv: 'Ed25519', x } : { kty: 'EC', crv: 'P-256', x, y };
  const members = alg === 'Ed25519' ? { crv: 'Ed25519', kty: 'OKP', x } : { crv: 'P-256', kty: 'EC', x, y };
  return { alg, jwk, kid: sha256(JSON.stringify(members)), privateKey: pair.privateKey };
}

/** Order of P-256 (FIPS 186-5). */
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** Order of the Ed25519 base point (RFC 8032 §5.1). */
export const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
export const bytesOf = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');

/** r and n − s: as valid an ECDSA signature as r and s. */
export const twin = (signature: Uint8Array): Buffer =>
  Buffer.concat([signature.subarray(0, 32), bytesOf(P256_ORDER - numberOf(signature.subarray(32)))]);

/** ES256 with S in the lower half, as the protocol asks. */
export function handSign(key: HandKey, input: string): Buffer {
  if (key.alg === 'Ed25519') return sign(null, Buffer.from(input), key.privateKey);
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return numberOf(signature.subarray(32)) > P256_ORDER / 2n ? twin(signature) : signature;
}

export const headerOf = (key: HandKey, typ = TYP): Record<string, unknown> => ({ alg: key.alg, kid: key.kid, typ });

const textOf = (value: string | object): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A compact JWS with the header and payload as given, as an object or to the letter, signed properly all the same. */
export function handMade(
  key: HandKey,
  { header = headerOf(key), payload = {} }: { header?: string | object; payload?: string | object },
): string {
  const input = `${base64url(textOf(header))}.${base64url(textOf(payload))}`;
  return `${input}.${base64url(handSign(key, input))}`;
}

/** The code with which something is refused, or `accepted`. */
export function codeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof AditError) return error.code;
    throw error;
  }
}
