import * as z from 'zod';
import { instantMs } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const logClockSchema = payload('log.clock', {
  occurredAt: z
    .string()
    .regex(/^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$/, 'must be UTC with milliseconds, as 2026-05-12T06:10:02.000Z')
    .refine((value) => instantMs(value) !== null, 'must be a real instant'),
});

/** The time of the log: `occurredAt` in UTC to the millisecond, in one form only. */
export const logClock = defineEventType({
  type: 'log.clock',
  schema: logClockSchema,
  signers: { by: 'service' },
});
export type LogClock = z.infer<typeof logClockSchema>;
