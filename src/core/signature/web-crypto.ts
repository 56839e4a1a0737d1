import type { CryptoKey } from 'jose';
import { COFACTOR_PROBE, isAcceptableEd25519, isSoundEd25519Key, verifyEd25519 } from './ed25519.js';

/** Cached imported keys at most, by their bytes in hexadecimal; the oldest are dropped first. */
const KEY_CACHE = 1_000;
const imported = new Map<string, Promise<CryptoKey>>();

/** Copies bytes out of shared memory, which WebCrypto does not accept. */
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

function importKey(publicKey: Uint8Array): Promise<CryptoKey> {
  const name = String.fromCharCode(...publicKey);
  let key = imported.get(name);
  if (key === undefined) {
    const oldest = imported.size >= KEY_CACHE ? imported.keys().next().value : undefined;
    if (oldest !== undefined) imported.delete(oldest);
    key = crypto.subtle.importKey('raw', copy(publicKey), 'Ed25519', false, ['verify']);
    imported.set(name, key);
  }
  return key;
}

const equation = async (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): Promise<boolean> =>
  crypto.subtle.verify('Ed25519', await importKey(publicKey), copy(signature), copy(message));

/** Returns whether WebCrypto uses the equation of the acceptance rule; false in a runtime without Ed25519. */
async function probe(): Promise<boolean> {
  try {
    return !(await equation(COFACTOR_PROBE.signature, COFACTOR_PROBE.message, COFACTOR_PROBE.publicKey));
  } catch {
    return false;
  }
}

/** Cached result: one probe per runtime. */
let followsTheRule: Promise<boolean> | undefined;

/** Verifies a signature by the acceptance rule: with WebCrypto if it follows the rule, else in JavaScript. */
export async function verifyEd25519ByWebCrypto(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  if (!isAcceptableEd25519(signature) || !isSoundEd25519Key(publicKey)) return false;
  if (await (followsTheRule ??= probe())) return equation(signature, message, publicKey);
  return verifyEd25519(signature, message, publicKey);
}
