import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { AditError } from '../errors.js';
import type { Typ } from './envelope.js';
import { decodeBase64url, encodeBase64url } from './grammar.js';
import { type PublicJwk, type SignatureAlgorithm, publicJwkSchema, thumbprint } from './keys.js';

/** Whoever signs: a key in memory, or one that never leaves its device. */
export interface Signer {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly jwk: PublicJwk;
  /** 64 bytes; ES256 with S in the lower half. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** A private JWK: the public one and `d`. */
export type PrivateJwk = PublicJwk & { d: string };

/** A signer from a private JWK. Throws `request-invalid` if public and private part do not belong together. */
export function signerFromJwk(privateJwk: PrivateJwk): Signer {
  const { d, ...rest } = privateJwk;
  const parsed = publicJwkSchema.safeParse(rest);
  if (!parsed.success) throw new AditError('request-invalid', 'The key file does not hold an Ed25519 or P-256 JWK.');
  const jwk = parsed.data;
  const secret = decodeBase64url(d);
  if (!sameKey(jwk, secret))
    throw new AditError('request-invalid', 'The private key does not belong to the public one.');
  return {
    kid: thumbprint(jwk),
    alg: jwk.kty === 'OKP' ? 'Ed25519' : 'ES256',
    jwk,
    sign: async (data) => (jwk.kty === 'OKP' ? ed25519.sign(data, secret) : p256.sign(data, secret, { lowS: true })),
  };
}

function sameKey(jwk: PublicJwk, secret: Uint8Array): boolean {
  const point = publicPart(jwk.kty === 'OKP' ? 'Ed25519' : 'ES256', secret);
  return JSON.stringify(point) === JSON.stringify(jwk);
}

function publicPart(alg: SignatureAlgorithm, secret: Uint8Array): PublicJwk {
  if (alg === 'Ed25519') return { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(ed25519.getPublicKey(secret)) };
  const point = p256.getPublicKey(secret, false);
  return {
    kty: 'EC',
    crv: 'P-256',
    x: encodeBase64url(point.slice(1, 33)),
    y: encodeBase64url(point.slice(33)),
  };
}

/** A new key pair; the randomness is the platform's. */
export function generateSigner(alg: SignatureAlgorithm): { signer: Signer; privateJwk: PrivateJwk } {
  const secret = alg === 'Ed25519' ? ed25519.utils.randomSecretKey() : p256.utils.randomSecretKey();
  const privateJwk = { ...publicPart(alg, secret), d: encodeBase64url(secret) };
  return { signer: signerFromJwk(privateJwk), privateJwk };
}

const encoder = new TextEncoder();

/** Signs a payload as a compact JWS whose header is exactly alg, kid and typ. */
export async function signJws(payload: Record<string, unknown>, typ: Typ, signer: Signer): Promise<string> {
  const header = JSON.stringify({ alg: signer.alg, kid: signer.kid, typ });
  const signingInput = `${encodeBase64url(encoder.encode(header))}.${encodeBase64url(encoder.encode(JSON.stringify(payload)))}`;
  return `${signingInput}.${encodeBase64url(await signer.sign(encoder.encode(signingInput)))}`;
}
