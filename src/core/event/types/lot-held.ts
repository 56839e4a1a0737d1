import * as z from 'zod';
import { lotIdSchema, text } from '../primitives.js';
import { quantity } from '../quantity-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeated } from './event-type.js';

const lotHeldSchema = payloadWithDigests('lot.held', {
  lots: listOfLots(lotIdSchema),
  ground: text(500),
  reference: text(100).optional(),
  mass: quantity.optional(),
});

/** An authority seizes or quarantines lots, in anyone's custody; it does not extend their chains. */
export const lotHeld = defineEventType({
  type: 'lot.held',
  schema: lotHeldSchema,
  signers: { by: 'role', roles: ['authority'] },
  disclosable: ['/reference'],
  check: ({ lots }) => repeated(lots, (i) => `/lots/${i}`, 'a lot'),
  names: ({ lots }) => ({ lots }),
});
export type LotHeld = z.infer<typeof lotHeldSchema>;
