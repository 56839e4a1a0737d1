import * as z from 'zod';
import { eventIdSchema, reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const eventCorrectedSchema = payload('event.corrected', {
  event: eventIdSchema,
  /** JSON pointer to a correctable claim of the target, e.g. `/outputs/0/mass`. */
  field: z.string().regex(/^(\/[A-Za-z0-9_]{1,64}){1,6}$/, 'must be a JSON pointer to a claim'),
  /** The value in force before; absent if there was none. */
  was: z.unknown().optional(),
  /** The new value; absent to remove the claim. */
  is: z.unknown().optional(),
  reason,
});

/** The signer of an event corrects its claims, in public; actors, lots, heads and the type cannot be corrected. */
export const eventCorrected = defineEventType({
  type: 'event.corrected',
  schema: eventCorrectedSchema,
  signers: { by: 'targetSigner' },
  check: ({ was, is }) =>
    was === undefined && is === undefined ? [{ pointer: '/is', detail: 'must say something new' }] : [],
  names: ({ event }) => ({ events: [event] }),
});
export type EventCorrected = z.infer<typeof eventCorrectedSchema>;
