import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { type CryptoKey, importJWK } from 'jose';
import { AditError } from '../errors.js';
import { EVENT_TYP, type Typ } from './envelope.js';
import { MAX_PAYLOAD_BYTES, decodeBase64url, encodeBase64url, parseStrictJson } from './grammar.js';
import { type PublicJwk, type SignatureAlgorithm, algOf, publicJwkSchema, thumbprint } from './keys.js';

/** A signing key: in memory, or one that never leaves its device. */
export interface Signer {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly jwk: PublicJwk;
  /** Returns 64 bytes; ES256 with S in the lower half. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** A private JWK: the public JWK and `d`. */
export type PrivateJwk = PublicJwk & { d: string };

/** A key pair whose private part WebCrypto keeps: it signs, and cannot be read. */
export interface KeptKey {
  jwk: PublicJwk;
  key: CryptoKey;
}

/** Creates a signer from a private JWK. Throws `request-invalid` if the public and the private part do not match. */
export function signerFromJwk(privateJwk: PrivateJwk): Signer {
  const { jwk, d } = partsOf(privateJwk);
  let key: Promise<CryptoKey> | undefined;
  return signerWith(jwk, () => (key ??= importPrivateKey(jwk, d)));
}

/** Creates a signer from a kept key. */
export const signerFromKept = ({ jwk, key }: KeptKey): Signer => signerWith(jwk, () => Promise.resolve(key));

/** Puts a private JWK into WebCrypto, not extractable. Throws `request-invalid` as `signerFromJwk` does. */
export async function keptKeyOf(privateJwk: PrivateJwk): Promise<KeptKey> {
  const { jwk, d } = partsOf(privateJwk);
  return { jwk, key: await importPrivateKey(jwk, d) };
}

function partsOf({ d, ...rest }: PrivateJwk): PrivateJwkParts {
  const parsed = publicJwkSchema.safeParse(rest);
  if (!parsed.success) throw new AditError('request-invalid', 'The key file does not hold an Ed25519 or P-256 JWK.');
  const jwk = parsed.data;
  if (!belongsTo(jwk, d)) throw new AditError('request-invalid', 'The private key does not belong to the public one.');
  return { jwk, d };
}

interface PrivateJwkParts {
  jwk: PublicJwk;
  d: string;
}

function signerWith(jwk: PublicJwk, keyOf: () => Promise<CryptoKey>): Signer {
  const alg = algOf(jwk);
  const sign = async (data: Uint8Array): Promise<Uint8Array> => {
    const signature = new Uint8Array(await crypto.subtle.sign(WEB_CRYPTO[alg], await keyOf(), new Uint8Array(data)));
    return alg === 'ES256' ? withLowS(signature) : signature;
  };
  return { kid: thumbprint(jwk), alg, jwk, sign };
}

/** WebCrypto's names of the algorithms that the header calls Ed25519 and ES256. */
const WEB_CRYPTO = { Ed25519: { name: 'Ed25519' }, ES256: { name: 'ECDSA', hash: 'SHA-256' } };

/** Imports a private key into WebCrypto, which is ten times as fast as JavaScript, and constant-time. */
async function importPrivateKey(jwk: PublicJwk, d: string): Promise<CryptoKey> {
  const key = await importJWK({ ...jwk, d }, algOf(jwk));
  if (key instanceof Uint8Array) throw new AditError('request-invalid', 'The key is not a key pair.');
  return key;
}

/** Replaces S by n − S if S > n/2, because WebCrypto returns either (wire.md, "Envelope"). */
export function withLowS(signature: Uint8Array): Uint8Array {
  const { r, s } = p256.Signature.fromBytes(signature);
  const low = s > p256.Point.Fn.ORDER >> 1n ? p256.Point.Fn.neg(s) : s;
  return new p256.Signature(r, low).toBytes();
}

function belongsTo(jwk: PublicJwk, d: string): boolean {
  try {
    return thumbprint(publicPart(algOf(jwk), decodeBase64url(d))) === thumbprint(jwk);
  } catch {
    // Not base64url, not 32 bytes, or not a valid private key.
    return false;
  }
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

/** Generates a key pair with the platform's randomness. */
export function generateSigner(alg: SignatureAlgorithm): { signer: Signer; privateJwk: PrivateJwk } {
  const secret = alg === 'Ed25519' ? ed25519.utils.randomSecretKey() : p256.utils.randomSecretKey();
  const privateJwk = { ...publicPart(alg, secret), d: encodeBase64url(secret) };
  return { signer: signerFromJwk(privateJwk), privateJwk };
}

const encoder = new TextEncoder();

/** The text that a signature is over: `header.payload`. Throws `event-malformed` or `event-too-large`. */
function signingInput(payload: Record<string, unknown>, header: object): string {
  const body = JSON.stringify(payload);
  parseStrictJson(body);
  const bytes = encoder.encode(body);
  if (bytes.length > MAX_PAYLOAD_BYTES)
    throw new AditError('event-too-large', `The payload is larger than ${MAX_PAYLOAD_BYTES} bytes.`);
  return `${encodeBase64url(encoder.encode(JSON.stringify(header)))}.${encodeBase64url(bytes)}`;
}

/**
 * Signs a payload as a compact JWS whose header is exactly alg, kid and typ. Throws `event-malformed` or
 * `event-too-large` rather than sign what every reader would refuse.
 */
export const signJws = (payload: Record<string, unknown>, typ: Typ, signer: Signer): Promise<string> =>
  signCompact(payload, { alg: signer.alg, kid: signer.kid, typ }, signer);

/** Signs a payload under any header, as a compact JWS. Throws as `signJws` does. */
export async function signCompact(payload: Record<string, unknown>, header: object, signer: Signer): Promise<string> {
  const input = signingInput(payload, header);
  return `${input}.${encodeBase64url(await signer.sign(encoder.encode(input)))}`;
}

/** 64 bytes that are no signature, by any key. */
const NO_SIGNATURE = encodeBase64url(new Uint8Array(64));

/**
 * Writes the text of an event that this key has yet to sign, so that it can be judged before: `<JWS>~` with a signature of
 * zeros. Throws as `signJws` does.
 */
export const draftText = (claims: Record<string, unknown>, key: Pick<Signer, 'alg' | 'kid'>): string =>
  `${signingInput(claims, { alg: key.alg, kid: key.kid, typ: EVENT_TYP })}.${NO_SIGNATURE}~`;
