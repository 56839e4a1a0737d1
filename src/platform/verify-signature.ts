import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { type PublicJwk, type SignatureCheck, algOf, signatureAcceptable } from '../core/event/keys.js';

/** Keys ready for use, by their coordinates; a cache of this many costs a few megabytes. */
const KEY_CACHE = 10_000;
const keys = new Map<string, KeyObject>();

function keyObject(jwk: PublicJwk): KeyObject {
  const name = jwk.kty === 'EC' ? `${jwk.x}.${jwk.y}` : jwk.x;
  let key = keys.get(name);
  if (key === undefined) {
    if (keys.size >= KEY_CACHE) keys.clear();
    key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    keys.set(name, key);
  }
  return key;
}

type Sodium = typeof import('sodium-native');

/** libsodium verifies Ed25519 twice as fast as the platform; where its binary is missing, the platform does. */
const sodium: Sodium | null = await import('sodium-native').then(
  (module: { default: Sodium }) => module.default,
  () => null,
);

const publicKeys = new Map<string, Buffer>();

function publicKey({ x }: PublicJwk): Buffer {
  let bytes = publicKeys.get(x);
  if (bytes === undefined) {
    if (publicKeys.size >= KEY_CACHE) publicKeys.clear();
    bytes = Buffer.from(x, 'base64url');
    publicKeys.set(x, bytes);
  }
  return bytes;
}

function verifyEd25519(jwk: PublicJwk, data: Buffer, signature: Uint8Array): boolean {
  if (sodium === null) return verify(null, data, keyObject(jwk), signature);
  const bytes = Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength);
  return sodium.crypto_sign_verify_detached(bytes, data, publicKey(jwk));
}

/**
 * Native verifiers behind the core's acceptance rule (RFC 8032 and small-order R refused; ES256 with low S): several
 * times as fast as the portable one, and they take and refuse the same signatures.
 */
export const verifySignature: SignatureCheck = (jwk, signingInput, signature) => {
  const alg = algOf(jwk);
  if (!signatureAcceptable(alg, signature)) return false;
  const data = Buffer.from(signingInput, 'latin1');
  return alg === 'Ed25519'
    ? verifyEd25519(jwk, data, signature)
    : verify('sha256', data, { key: keyObject(jwk), dsaEncoding: 'ieee-p1363' }, signature);
};
