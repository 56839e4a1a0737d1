import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { type PublicJwk, type SignatureCheck, algOf, signatureAcceptable } from '../../core/event/keys.js';

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

/**
 * The platform's own verifier behind the core's acceptance rule (RFC 8032 and small-order R refused; ES256 with low S):
 * twice as fast as one promise a signature, and it takes and refuses the same signatures.
 */
export const verifySignature: SignatureCheck = (jwk, signingInput, signature) => {
  const alg = algOf(jwk);
  if (!signatureAcceptable(alg, signature)) return false;
  const data = Buffer.from(signingInput, 'latin1');
  return alg === 'Ed25519'
    ? verify(null, data, keyObject(jwk), signature)
    : verify('sha256', data, { key: keyObject(jwk), dsaEncoding: 'ieee-p1363' }, signature);
};
