import * as z from 'zod';
import { eventIdSchema } from '../primitives.js';
import { defineEventType, listOfLots, payload, repeated } from './event-type.js';

const eventEndorsedSchema = payload('event.endorsed', { events: listOfLots(eventIdSchema) });

/** An actor endorses events: those of its own lost or revoked key, or a correction by another actor. */
export const eventEndorsed = defineEventType({
  type: 'event.endorsed',
  schema: eventEndorsedSchema,
  signers: { by: 'anyone' },
  check: ({ events }) => repeated(events, (i) => `/events/${i}`, 'an event'),
  names: ({ events }) => ({ events }),
});
export type EventEndorsed = z.infer<typeof eventEndorsedSchema>;
