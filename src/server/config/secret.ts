import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createDurably } from '../../platform/durable-file.js';
import { hasCode } from '../../platform/system-error.js';

const SECRET_BYTES = 32;

/** Creates the secret of a new ledger: random bytes. */
export function createSecret(file: string): void {
  createDurably(file, `${randomBytes(SECRET_BYTES).toString('base64')}\n`);
}

/**
 * Returns the secret of this service, 32 bytes. A ledger older than this file uses the secret derived from its service
 * key; this writes it to the file, so that the key can be replaced without a change of the secret.
 * @param warn receives a warning if the file cannot be written; the secret then changes with the service key.
 */
export function loadSecret(file: string, derived: Uint8Array, warn: (message: string) => void): Uint8Array {
  const known = readSecret(file);
  if (known !== null) return known;
  try {
    createDurably(file, `${Buffer.from(derived).toString('base64')}\n`);
  } catch (error) {
    // If the file exists now, another process created it first.
    if (!hasCode(error, 'EEXIST')) warn(`The secret cannot be written to ${file}: ${String(error)}.`);
  }
  return readSecret(file) ?? derived;
}

function readSecret(file: string): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new Error(`The secret in ${file} cannot be read.`, { cause: error });
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== SECRET_BYTES || bytes.toString('base64') !== text)
    throw new Error(`${file} does not hold a secret: ${SECRET_BYTES} bytes in base64.`);
  return new Uint8Array(bytes);
}
