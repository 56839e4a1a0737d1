import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newSecret, secretKind } from '../../core/access/secret-text.js';
import { createDurably } from '../../platform/durable-file.js';
import { hasCode } from '../../platform/system-error.js';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token by which the operator of this service is recognised. */
export class OperatorToken {
  private readonly digest: Buffer;

  constructor(token: string) {
    this.digest = digestOf(token);
  }

  /** Identifies the token without being it: sessions end when the token is replaced. */
  get fingerprint(): string {
    return digestOf(this.digest.toString('hex')).toString('base64url');
  }

  /** Compares in a time that does not depend on the text. */
  matches(text: string): boolean {
    return timingSafeEqual(digestOf(text), this.digest);
  }
}

/** Creates the file of the operator's token, readable by its owner only. */
export function createOperatorToken(file: string): void {
  createDurably(file, `${newSecret('operator')}\n`);
}

/**
 * Reads the operator's token from its file, which it creates if there is none. A process that cannot write there has a token
 * that nothing else knows.
 * @param warn receives a warning if the file cannot be written.
 */
export function loadOperatorToken(file: string, warn: (message: string) => void): OperatorToken {
  const known = readToken(file);
  if (known !== null) return new OperatorToken(known);
  try {
    createOperatorToken(file);
  } catch (error) {
    // If the file exists now, another process created it first.
    if (!hasCode(error, 'EEXIST')) warn(`The operator's token cannot be written to ${file}: ${String(error)}.`);
  }
  return new OperatorToken(readToken(file) ?? newSecret('operator'));
}

function readToken(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new Error(`The operator's token in ${file} cannot be read.`, { cause: error });
  }
  if (secretKind(text) !== 'operator') throw new Error(`${file} does not hold the token of an operator.`);
  return text;
}
