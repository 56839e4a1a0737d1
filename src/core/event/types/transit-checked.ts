import * as z from 'zod';
import { seals } from '../lot-claims.js';
import { lotIdSchema, text, withDigests, word } from '../primitives.js';
import { amount } from '../trade-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeated } from './event-type.js';

/** A fee at a checkpoint; one with a receipt number is official. */
const fee = withDigests({
  kind: word,
  asked: amount.optional(),
  paid: amount.optional(),
  receiptNumber: text(100).optional(),
});

const transitCheckedSchema = payloadWithDigests('transit.checked', {
  lots: listOfLots(lotIdSchema),
  vehicle: text(64).optional(),
  seals: seals.optional(),
  sealState: z.enum(['intact', 'broken', 'missing']).optional(),
  fees: z.array(fee).min(1).max(20).optional(),
});

/** A checkpoint on a route: where and when the goods passed, the state of their seals, the fees asked and paid. */
export const transitChecked = defineEventType({
  type: 'transit.checked',
  schema: transitCheckedSchema,
  signers: { by: 'role', roles: ['transporter', 'authority'] },
  correctable: ['/vehicle', '/seals', '/sealState', '/fees'],
  disclosable: ['/vehicle', '/fees/*/asked', '/fees/*/paid'],
  check: ({ lots }) => repeated(lots, (i) => `/lots/${i}`, 'a lot'),
  names: ({ lots }) => ({ lots }),
});
export type TransitChecked = z.infer<typeof transitCheckedSchema>;
