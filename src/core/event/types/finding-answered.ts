import * as z from 'zod';
import { date, lotIdSchema, reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const findingAnsweredSchema = payload('finding.answered', {
  /** A finding's id derives from the log, its rule, subject and cause, so that everybody names it alike. */
  finding: lotIdSchema,
  answer: z.enum(['explain', 'mitigate', 'dismiss', 'close']),
  reason,
  /** Until when a mitigation is to be done. */
  dueOn: date.optional(),
});

/** An answer to a finding: those it names may explain and mitigate, a registrar or an authority may dismiss and close. */
export const findingAnswered = defineEventType({
  type: 'finding.answered',
  schema: findingAnsweredSchema,
  signers: { by: 'anyone' },
  check: ({ answer, dueOn }) =>
    answer === 'mitigate' && dueOn === undefined ? [{ pointer: '/dueOn', detail: 'a mitigation has a due date' }] : [],
});
export type FindingAnswered = z.infer<typeof findingAnsweredSchema>;
