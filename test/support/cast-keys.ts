import { type Signer, generateSigner } from '../../src/core/event/build.js';

const made = new Map<string, Signer>();

/**
 * Returns the key of an actor, the same for every ledger of a process. To make a key and to check that it is sound takes
 * milliseconds, and every test opens a ledger with many.
 */
export function castKey(actor: string): Signer {
  const key = made.get(actor) ?? generateSigner('Ed25519').signer;
  made.set(actor, key);
  return key;
}
