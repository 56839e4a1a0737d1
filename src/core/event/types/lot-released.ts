import * as z from 'zod';
import { lotIdSchema, text } from '../primitives.js';
import { quantity } from '../quantity-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeated } from './event-type.js';

const lotReleasedSchema = payloadWithDigests('lot.released', {
  lots: listOfLots(lotIdSchema),
  ground: text(500),
  reference: text(100).optional(),
  mass: quantity.optional(),
});

/** The authority that holds lots releases them. */
export const lotReleased = defineEventType({
  type: 'lot.released',
  schema: lotReleasedSchema,
  signers: { by: 'role', roles: ['authority'] },
  disclosable: ['/reference'],
  check: ({ lots }) => repeated(lots, (i) => `/lots/${i}`, 'a lot'),
  names: ({ lots }) => ({ lots }),
});
export type LotReleased = z.infer<typeof lotReleasedSchema>;
