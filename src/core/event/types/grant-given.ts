import * as z from 'zod';
import { MAX_LOTS, date, datesInOrder, instant, instantMs, lotIdSchema, registryId, word } from '../primitives.js';
import { defineEventType, payload, repeated } from './event-type.js';

/** What a grant is limited to; lots must meet every member that is present. */
const limits = z.strictObject({
  lots: z.array(lotIdSchema).min(1).max(MAX_LOTS).optional(),
  /** Lots declared at these sites, or made of such lots. */
  sites: z.array(registryId).min(1).max(100).optional(),
  /** Days on which the lots were declared or made, both included. */
  bornFrom: date.optional(),
  bornUntil: date.optional(),
});

const grantGivenSchema = payload('grant.given', {
  to: registryId,
  only: limits.optional(),
  until: instant,
  /** Whether the reader also sees the disclosures that the signer may see. */
  disclosures: z.literal(true).optional(),
  purpose: word.optional(),
});

/** Lets another actor, such as an auditor, a lender or a buyer, see what the signer sees, until a time or a withdrawal. */
export const grantGiven = defineEventType({
  type: 'grant.given',
  schema: grantGivenSchema,
  signers: { by: 'anyone' },
  check: ({ iss, to, only = {}, until, occurredAt }) => [
    ...(to === iss ? [{ pointer: '/to', detail: 'must not be the signer itself' }] : []),
    ...((instantMs(until) ?? 0) > (instantMs(occurredAt) ?? 0)
      ? []
      : [{ pointer: '/until', detail: 'must be later than occurredAt' }]),
    ...repeated(only.lots ?? [], (i) => `/only/lots/${i}`, 'a lot'),
    ...(datesInOrder({ from: only.bornFrom, to: only.bornUntil })
      ? []
      : [{ pointer: '/only/bornUntil', detail: 'must not be before bornFrom' }]),
  ],
  names: ({ to, only }) => ({ actors: [to], sites: only?.sites ?? [] }),
});
export type GrantGiven = z.infer<typeof grantGivenSchema>;
