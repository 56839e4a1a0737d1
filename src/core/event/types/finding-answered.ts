import * as z from 'zod';
import { date, lotIdSchema, reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const findingAnsweredSchema = payload('finding.answered', {
  /** The finding's id, derived from the log, its rule, subject and cause, so that all verifiers compute the same id. */
  finding: lotIdSchema,
  answer: z.enum(['explain', 'mitigate', 'dismiss', 'close']),
  reason,
  /** Day by which the mitigation is due. */
  dueOn: date.optional(),
});

/** An answer to a finding: actors that it names may explain and mitigate, registrars and authorities also end it. */
export const findingAnswered = defineEventType({
  type: 'finding.answered',
  schema: findingAnsweredSchema,
  signers: { by: 'anyone' },
  check: ({ answer, dueOn }) =>
    answer === 'mitigate' && dueOn === undefined ? [{ pointer: '/dueOn', detail: 'a mitigation has a due date' }] : [],
});
export type FindingAnswered = z.infer<typeof findingAnsweredSchema>;
