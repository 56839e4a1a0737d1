import type { AditError, ErrorDetail } from '../../core/errors.js';
import type { AditProblem } from '../../client/problem.js';
import { CommandError, EXIT } from './terminal.js';

/** Longest value that is repeated to the user. */
const SHOWN = 60;

/** The value at an RFC 6901 pointer; undefined where there is none. */
function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

function lineOf({ pointer, detail }: ErrorDetail, claims: unknown): string {
  const value = claims === undefined ? undefined : valueAt(claims, pointer);
  const said = detail.replace(/^Invalid (?:input|option): /, '');
  const missing = / received undefined$/.exec(said);
  if (missing !== null) return `  ${pointer}: is missing; ${said.slice(0, missing.index).replace(/,$/, '')}`;
  if (value === undefined || typeof value === 'object') return `  ${pointer === '' ? 'the event' : pointer}: ${said}`;
  return `  ${pointer}: ${JSON.stringify(value).slice(0, SHOWN)} ${said}`;
}

/** The places that are wrong, one a line: where, what stands there, what is accepted. */
export const placesOf = (errors: readonly ErrorDetail[], claims?: unknown): string =>
  errors.map((error) => `\n${lineOf(error, claims)}`).join('');

/** What a person is told of an event that cannot be signed. @param claims the body they gave. */
export const unsignable = ({ code, detail, errors }: AditError, claims: unknown, advice: string): CommandError =>
  new CommandError(
    `Not signed (${code}): ${detail}${errors.length > 0 ? ':' : ''}${placesOf(errors, claims)}`,
    advice,
    EXIT.error,
  );

/** What a person is told of a refusal by the ledger. */
export const refusal = ({ code, problem }: AditProblem, server: string, claims?: unknown): CommandError =>
  new CommandError(
    `Refused (${code}): ${problem.detail}${placesOf(problem.errors ?? [], claims)}`,
    `What it means: ${server}/errors/${code}`,
    problem.status === 403 ? EXIT.notAllowed : EXIT.error,
  );
