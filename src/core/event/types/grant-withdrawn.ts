import type * as z from 'zod';
import { eventIdSchema, reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const grantWithdrawnSchema = payload('grant.withdrawn', {
  /** Id of the `grant.given`. */
  grant: eventIdSchema,
  reason: reason.optional(),
});

/** Ends a grant before its time. */
export const grantWithdrawn = defineEventType({
  type: 'grant.withdrawn',
  schema: grantWithdrawnSchema,
  signers: { by: 'targetSigner' },
  names: ({ grant }) => ({ events: [grant] }),
});
export type GrantWithdrawn = z.infer<typeof grantWithdrawnSchema>;
