import * as z from 'zod';
import { type ErrorCode, errorCodes } from '../errors.js';

/** Describes the name of an error. */
export const errorCodeShape = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

/** Describes a problem document (RFC 9457; wire.md, "Responses"). */
export const problemShape = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: errorCodeShape,
    detail: z.string(),
    errors: z
      .array(z.strictObject({ pointer: z.string(), code: errorCodeShape, detail: z.string() }))
      .readonly()
      .optional()
      .describe('All faults; absent if the code is sufficient'),
    request_id: z.string().optional().describe("Id of the request in the service's log"),
    heads: z
      .record(z.string(), z.string())
      .readonly()
      .optional()
      .describe('Heads of the lots to which the signer is a party: lot id → event id'),
    error: z.string().optional().describe('Of POST /v1/token: the error code of RFC 6749 §5.2 or RFC 9449'),
    error_description: z.string().optional().describe('Of POST /v1/token: the detail, as RFC 6749 names it'),
    refusal: z.string().optional().describe('The refusal signed by the service key, a compact JWS'),
  })
  .describe('RFC 9457; /errors/<code> explains each code');
export type Problem = z.infer<typeof problemShape>;
