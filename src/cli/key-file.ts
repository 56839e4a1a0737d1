import { readFileSync } from 'node:fs';
import { type PrivateJwk, type Signer, signerFromJwk } from '../core/event/build.js';
import { CommandError } from './output/terminal.js';

/** Reads a private JWK that `adit keygen` wrote. */
export function readSigner(path: string): Signer {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`There is no key at ${path}.`, 'Make one with "adit keygen FILE".');
  }
  try {
    return signerFromJwk(JSON.parse(text) as PrivateJwk);
  } catch {
    throw new CommandError(`${path} does not hold a private key.`, 'It should be a JWK as "adit keygen" writes it.');
  }
}
