import * as z from 'zod';
import { type ErrorCode, errorCodes } from '../../errors.js';
import { digest, eventIdSchema, lotIdSchema, MAX_LOTS, registryId } from '../primitives.js';
import { defineEventType, payload, repeated } from './event-type.js';

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

const eventRefusedSchema = payload('event.refused', {
  event: eventIdSchema,
  jws: digest,
  code: z.string().refine(isErrorCode, 'must be a code with which events are refused'),
  signer: registryId,
  lots: z.array(lotIdSchema).max(MAX_LOTS),
});

/** Evidence of a refused attempt: the event, the digest of the JWS that was sent, and the reason. */
export const eventRefused = defineEventType({
  type: 'event.refused',
  schema: eventRefusedSchema,
  signers: { by: 'service' },
  check: ({ lots }) => repeated(lots, (i) => `/lots/${i}`, 'a lot'),
  names: ({ signer, lots }) => ({ actors: [signer], lots }),
});
export type EventRefused = z.infer<typeof eventRefusedSchema>;
