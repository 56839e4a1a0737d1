import type { ErrorCode } from '../../../core/errors.js';
import { AditError } from '../../../core/errors.js';
import { ProblemError, problemOf } from '../../http/problem.js';

/** Error codes of RFC 6749 §5.2 and RFC 9449 §5, with the code and status that the problem has here. */
const oauthErrors = {
  invalid_request: ['request-invalid', 400],
  invalid_scope: ['request-invalid', 400],
  unsupported_grant_type: ['request-invalid', 400],
  invalid_dpop_proof: ['token-invalid', 400],
  invalid_grant: ['token-invalid', 400],
  invalid_client: ['token-invalid', 401],
} as const satisfies Record<string, readonly [ErrorCode, number]>;

export type OAuthError = keyof typeof oauthErrors;

/** Returns an error as OAuth demands it, within problem+json. */
export function oauthError(error: OAuthError, detail: string): ProblemError {
  const [code, status] = oauthErrors[error];
  return new ProblemError({
    ...problemOf(new AditError(code, detail), { error, error_description: detail }),
    status,
  });
}

/** Rethrows `token-invalid` as an error of OAuth. */
export async function orOAuthError<T>(error: OAuthError, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AditError && cause.code === 'token-invalid') throw oauthError(error, cause.detail);
    throw cause;
  }
}
