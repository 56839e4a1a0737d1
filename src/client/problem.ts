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

/** Nothing answered, or what answered is no Adit: the request may or may not have been carried out. */
export class NoAnswer extends Error {
  constructor(url: string, cause: unknown) {
    super(`There is no answer from ${url}.`, { cause });
    this.name = 'NoAnswer';
  }
}
