import * as z from 'zod';
import { AditError, type ErrorCode, errorCodes } from '../errors.js';
import { parseCompactJws } from './envelope.js';
import { type PublicJwk, type SignatureCheck, algOf, checkSignature, thumbprint } from './keys.js';
import { type Signer, signJws } from './signer.js';

/** A signed refusal of an event: the sender can prove what the service refused, and when. */
export interface Refusal {
  log: string;
  /** Id of the event; null if the text contains no event. */
  event: string | null;
  code: ErrorCode;
  /** Current heads of the lots whose party the signer is. */
  heads: Record<string, string>;
  /** Entries in the log at the time of the refusal. */
  size: number;
  /** s since 1970 UTC. */
  iat: number;
}

const refusalSchema = z.strictObject({
  log: z.string(),
  event: z.string().nullable(),
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  heads: z.record(z.string(), z.string()),
  size: z.number(),
  iat: z.number(),
});

/** Signs a refusal with the service key, as a compact JWS of `typ` `refusal+jwt`. */
export const buildRefusal = (refusal: Refusal, signer: Signer): Promise<string> =>
  signJws({ ...refusal }, 'refusal+jwt', signer);

/** Reads and verifies a refusal. Throws `event-malformed`, `header-invalid`, `signature-invalid` or `schema-invalid`. */
export async function readRefusal(
  jws: string,
  serviceKey: PublicJwk,
  check: SignatureCheck = checkSignature,
): Promise<Refusal> {
  const { header, payload, signingInput, signature } = parseCompactJws(jws, 'refusal+jwt');
  const ours = header.kid === thumbprint(serviceKey) && header.alg === algOf(serviceKey);
  if (!ours || !(await check(serviceKey, signingInput, signature)))
    throw new AditError('signature-invalid', 'The refusal is not signed by this service.');
  const parsed = refusalSchema.safeParse(payload);
  if (!parsed.success) throw new AditError('schema-invalid', 'The refusal is not of the expected form.');
  return parsed.data;
}
