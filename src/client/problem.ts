import type { ErrorCode } from '../core/errors.js';
import type { Problem } from '../core/api/problem.js';

/** A refusal by the service, with code and reason. */
export class AditProblem extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'AditProblem';
  }

  get code(): ErrorCode {
    return this.problem.code;
  }
}

/** A failure to sign in, which no repetition of the request would undo; `cause` is its reason. */
export class CannotSignIn extends Error {
  constructor(cause: unknown) {
    super('Signing in failed.', { cause });
    this.name = 'CannotSignIn';
  }
}

/** System error codes of an unreachable address: the request was certainly not processed. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const codesOf = (error: unknown): unknown[] => {
  if (!(error instanceof Error)) return [];
  // Ports that fetch blocks (Fetch, "port blocking").
  if (error.message === 'bad port') return ['ECONNREFUSED'];
  const { code } = error as { code?: unknown };
  const nested = error instanceof AggregateError ? error.errors : [];
  return [code, ...codesOf(error.cause), ...nested.flatMap(codesOf)];
};

/**
 * No valid answer. `unreachable`: nothing listens at the address, so the request was not processed; `cut`: the
 * connection was lost or no answer came in time, so the request may have been processed; `foreign`: the answer is not
 * from an Adit ledger, such as an error page of a proxy.
 */
export class NoAnswer extends Error {
  readonly kind: 'unreachable' | 'cut' | 'foreign';

  /** @param cause the HTTP status of a foreign answer, or the error that `fetch` threw */
  constructor(
    readonly url: string,
    cause: unknown,
  ) {
    const kind =
      typeof cause === 'number'
        ? 'foreign'
        : codesOf(cause).some((code) => UNREACHABLE.has(code as string))
          ? 'unreachable'
          : 'cut';
    super(
      kind === 'foreign'
        ? `What answers at ${url} is not an Adit ledger (HTTP ${String(cause)}).`
        : kind === 'unreachable'
          ? `Nothing answers at ${new URL(url).origin}.`
          : `The connection to ${url} was lost before an answer came.`,
      { cause },
    );
    this.name = 'NoAnswer';
    this.kind = kind;
  }
}
