import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;

/**
 * A new key, as PEM. It leaves its generator as text: to export a key while its generator is being collected can wait for
 * ever (Node 20: both want the lock of the key).
 */
export const newPemPair = (alg: 'Ed25519' | 'ES256'): { publicKey: string; privateKey: string } =>
  alg === 'Ed25519'
    ? generateKeyPairSync('ed25519', { privateKeyEncoding, publicKeyEncoding })
    : generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding, publicKeyEncoding });

export function newKeyPair(alg: 'Ed25519' | 'ES256'): { publicKey: KeyObject; privateKey: KeyObject } {
  const { publicKey, privateKey } = newPemPair(alg);
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}
