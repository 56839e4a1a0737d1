import { AditError } from '../core/errors.js';
import { type PrivateJwk, type Signer, signerFromJwk } from '../core/event/build.js';
import { readJsonObject } from './input/read-file.js';
import { CommandError } from './output/terminal.js';

const HOLDS = 'It should be a private key (JWK) as "adit keygen FILE" writes it.';

/** A private key, with its actor and log if `adit keygen --actor --log` recorded them. */
export interface KeyFile {
  signer: Signer;
  actor?: string;
  log?: string;
}

/** Reads a private JWK that `adit keygen` wrote, with its actor and log. */
export function readKeyFile(path: string): KeyFile {
  const { adit, ...jwk } = readJsonObject(path, HOLDS);
  const { actor, log } = (typeof adit === 'object' && adit !== null ? adit : {}) as Record<string, unknown>;
  return {
    signer: signerOf(path, jwk),
    ...(typeof actor === 'string' ? { actor } : {}),
    ...(typeof log === 'string' ? { log } : {}),
  };
}

function signerOf(path: string, jwk: Record<string, unknown>): Signer {
  if (typeof jwk.d !== 'string' && typeof jwk.x === 'string')
    throw new CommandError(`${path} holds a public key only.`, `To sign, the private one is needed. ${HOLDS}`);
  try {
    return signerFromJwk(jwk as PrivateJwk);
  } catch (error) {
    const why = error instanceof AditError ? ` ${error.detail}` : '';
    throw new CommandError(`${path} does not hold a private key.${why}`, HOLDS);
  }
}

/** Reads the private key alone. */
export const readSigner = (path: string): Signer => readKeyFile(path).signer;
