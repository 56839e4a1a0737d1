import * as z from 'zod';
import { type AditError, type ErrorCode, type ErrorDetail, errorCodes } from '../../core/errors.js';

/** RFC 9457 problem document as in wire.md, "Responses"; served as `application/problem+json`. */
export interface Problem extends ProblemExtras {
  /** `/errors/<code>`, the page that explains the code. */
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  /** All faults; absent if the code is sufficient. */
  errors?: readonly ErrorDetail[];
  /** Id of the request in the service's log; set by the filter. */
  request_id?: string;
}

/** Additional members in the refusal of an event. */
export interface ProblemExtras {
  /** Heads of the lots to which the signer is a party, so that they can sign again: lot id → event id. */
  heads?: Readonly<Record<string, string>>;
  /** The refusal signed by the service key, a compact JWS. */
  refusal?: string;
}

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** Schema of a problem document, for OpenAPI. */
export const problemShape = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string(),
    errors: z
      .array(z.strictObject({ pointer: z.string(), code: z.enum(codes), detail: z.string() }))
      .readonly()
      .optional(),
    request_id: z.string().optional(),
    heads: z.record(z.string(), z.string()).readonly().optional(),
    refusal: z.string().optional(),
  })
  .describe('RFC 9457; /errors/<code> explains each code') satisfies z.ZodType<Problem>;

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Returns the problem of a coded error. */
export function problemOf(error: AditError, extras: ProblemExtras = {}): Problem {
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
