import type { AditError, ErrorDetail } from '../../core/errors.js';
import type { AditProblem } from '../../client/problem.js';
import { CommandError, EXIT } from './terminal.js';

/** Characters of an input value that are repeated to the user. */
const SHOWN = 60;

/** Returns the value at an RFC 6901 pointer; undefined if there is none. */
function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

function lineOf({ pointer, detail }: ErrorDetail, claims: unknown, headline: string): string | null {
  const value = claims === undefined ? undefined : valueAt(claims, pointer);
  if (headline === `${pointer}: ${detail}`) return null;
  if (headline === detail)
    return `  ${pointer}${value === undefined || typeof value === 'object' ? '' : `: ${JSON.stringify(value).slice(0, SHOWN)}`}`;
  const said = detail.replace(/^Invalid (?:input|option): /, '');
  const missing = / received undefined$/.exec(said);
  if (missing !== null) return `  ${pointer}: is missing; ${said.slice(0, missing.index).replace(/,$/, '')}`;
  if (value === undefined || typeof value === 'object') return `  ${pointer === '' ? 'the event' : pointer}: ${said}`;
  return `  ${pointer}: ${JSON.stringify(value).slice(0, SHOWN)} ${said}`;
}

/**
 * Lists the faults, one a line: place, value, and what is accepted.
 * @param headline the sentence above them; they do not repeat it.
 */
export const placesOf = (errors: readonly ErrorDetail[], claims?: unknown, headline = ''): string =>
  errors
    .flatMap((error) => lineOf(error, claims, headline) ?? [])
    .map((line) => `\n${line}`)
    .join('');

/**
 * Replaces the ids of lots with their names.
 * @param names by id.
 */
export const withNames = (text: string, names: ReadonlyMap<string, { called: string }>): string =>
  [...names].reduce((written, [id, { called }]) => written.replaceAll(id, called), text);

/**
 * Returns the error for an event that cannot be signed.
 * @param claims the body of the user.
 * @param what begins the message.
 */
export const unsignable = (
  { code, detail, errors }: AditError,
  claims: unknown,
  advice: string,
  what = 'Not signed',
): CommandError =>
  new CommandError(
    `${what} (${code}): ${detail}${errors.length > 0 ? ':' : ''}${placesOf(errors, claims)}`,
    advice,
    EXIT.error,
  );

/** Returns the error for a refusal by the ledger. */
export const refusal = (
  { code, problem }: AditProblem,
  server: string,
  claims?: unknown,
  names: ReadonlyMap<string, { called: string }> = new Map(),
): CommandError =>
  new CommandError(
    `Refused (${code}): ${withNames(problem.detail, names)}${placesOf(problem.errors ?? [], claims, problem.detail)}`,
    `What it means: ${server}/errors/${code}`,
    problem.status === 403 ? EXIT.notAllowed : EXIT.error,
  );
