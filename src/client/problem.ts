import type { ErrorCode, ErrorDetail } from '../core/errors.js';

/** The members of an RFC 9457 problem document that the API sends (wire.md, "Responses"). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  errors?: ErrorDetail[];
  /** Present heads of lots whose party the signer is. */
  heads?: Record<string, string>;
  /** The refusal, signed by the service key. */
  refusal?: string;
}

/** The service said no, and why. */
export class AditProblem extends Error {
  constructor(readonly problem: ProblemDocument) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'AditProblem';
  }

  get code(): ErrorCode {
    return this.problem.code;
  }
}

/** Codes of the system for an address where nothing can be reached: the request was certainly not carried out. */
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
  // Ports that fetch never asks (Fetch, "port blocking").
  if (error.message === 'bad port') return ['ECONNREFUSED'];
  const { code } = error as { code?: unknown };
  const nested = error instanceof AggregateError ? error.errors : [];
  return [code, ...codesOf(error.cause), ...nested.flatMap(codesOf)];
};

/**
 * Nothing answered, or what answered is no Adit. `unreachable`: nothing listens there, so nothing was carried out;
 * `cut`: the connection was lost or no answer came in time, so the request may have been carried out; `foreign`: the
 * answer is not one of an Adit ledger, such as an error page of a proxy.
 */
export class NoAnswer extends Error {
  readonly kind: 'unreachable' | 'cut' | 'foreign';

  /** @param cause the HTTP status of a foreign answer, or what `fetch` threw. */
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
