import { AditError } from '../../core/errors.js';
import { parseVkey } from '../../core/log/note.js';
import { type Policy, parsePolicy } from '../../core/log/policy.js';
import { CommandError, EXIT } from '../output/terminal.js';

/** Parses the values of `--log-key`. Throws a usage error for the first invalid verifier key. */
export function readLogKeys(given: readonly string[]): string[] {
  const advice =
    'A log key looks like example.org/tin+1a2b3c4d+AUqkjmXg… and has 44 characters after the second "+". Copy the whole line, from somebody you trust.';
  return given.map((key) => {
    const trimmed = key.trim();
    orUsage(() => parseVkey(trimmed), `--log-key ${shortened(trimmed)}`, advice);
    return trimmed;
  });
}

/** Parses the text of `--policy`. Throws a usage error that names the file and the line. */
export const readPolicy = (file: string, text: string): Policy =>
  orUsage(() => parsePolicy(text), `--policy ${file}`, 'docs/operating.md shows a policy.');

function orUsage<Value>(read: () => Value, what: string, advice: string): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof AditError) throw new CommandError(`${what}: ${error.detail}`, advice, EXIT.usage);
    throw error;
  }
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
