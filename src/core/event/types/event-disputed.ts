import type * as z from 'zod';
import { eventIdSchema, reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const eventDisputedSchema = payload('event.disputed', { event: eventIdSchema, ground: reason });

/** An actor that an event names disputes it. */
export const eventDisputed = defineEventType({
  type: 'event.disputed',
  schema: eventDisputedSchema,
  signers: { by: 'namedInTarget' },
  names: ({ event }) => ({ events: [event] }),
});
export type EventDisputed = z.infer<typeof eventDisputedSchema>;
