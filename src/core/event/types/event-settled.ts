import * as z from 'zod';
import { eventIdSchema, reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const eventSettledSchema = payload('event.settled', {
  /** Id of the `event.disputed`. */
  dispute: eventIdSchema,
  settlement: z.enum(['upheld', 'rejected', 'withdrawn']),
  reason,
});

/** A dispute ends: the actor that raised it withdraws it, or an authority or registrar decides it. */
export const eventSettled = defineEventType({
  type: 'event.settled',
  schema: eventSettledSchema,
  signers: { by: 'targetSigner', orRoles: ['registrar', 'authority'] },
  names: ({ dispute }) => ({ events: [dispute] }),
});
export type EventSettled = z.infer<typeof eventSettledSchema>;
