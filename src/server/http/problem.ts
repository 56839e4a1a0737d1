import type { Problem } from '../../core/api/problem.js';
import { type AditError, errorCodes } from '../../core/errors.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Returns the problem of a coded error. */
export function problemOf(
  error: AditError,
  extras: Pick<Problem, 'heads' | 'refusal' | 'error' | 'error_description'> = {},
): Problem {
  const { status, title } = errorCodes[error.code];
  return {
    type: `/errors/${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.detail,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    ...extras,
  };
}

/** Carries a complete problem, for instance with a signed refusal; the filter sends it unchanged. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ProblemError';
  }
}
