import * as z from 'zod';
import { lotIdSchema, MAX_LOTS, registryId, text } from '../primitives.js';
import { amount, pricing } from '../trade-claims.js';
import { defineEventType, payloadWithDigests, repeated } from './event-type.js';

const paymentRecordedSchema = payloadWithDigests('payment.recorded', {
  kind: z.enum(['tax', 'royalty', 'fee', 'price']),
  payer: registryId,
  /** The payee, if it is a registered actor. */
  payee: registryId.optional(),
  /** The payee's name, if it is not registered. */
  payeeName: text(200).optional(),
  lots: z.array(lotIdSchema).min(1).max(MAX_LOTS).optional(),
  amount: amount.optional(),
  /** How the price was agreed, in the words of both parties: no price feed judges it. */
  pricing: pricing.optional(),
  receiptNumber: text(100).optional(),
});

/** A paid tax, royalty, fee or price. Payer and payee are plain; the amount may be undisclosed. */
export const paymentRecorded = defineEventType({
  type: 'payment.recorded',
  schema: paymentRecordedSchema,
  signers: { by: 'named', claims: ['payer', 'payee'] },
  correctable: ['/kind', '/amount', '/pricing', '/receiptNumber'],
  disclosable: ['/amount', '/pricing', '/payeeName'],
  check: ({ lots = [] }) => repeated(lots, (i) => `/lots/${i}`, 'a lot'),
  names: ({ payer, payee, lots }) => ({ actors: [payer, payee], ...(lots === undefined ? {} : { lots }) }),
});
export type PaymentRecorded = z.infer<typeof paymentRecordedSchema>;
