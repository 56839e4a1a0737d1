import * as z from 'zod';
import { lotIdSchema, MAX_LOTS, placeWithFacility } from '../primitives.js';
import { quantity } from '../quantity-claims.js';
import { defineEventType, listOfLots, payload, repeated } from './event-type.js';

const stockCountedSchema = payload('stock.counted', {
  place: placeWithFacility,
  /** The lots found, each with its weighed mass. */
  lots: listOfLots(z.strictObject({ lot: lotIdSchema, mass: quantity })),
  /** Expected lots that were not found. */
  missing: z.array(lotIdSchema).min(1).max(MAX_LOTS).optional(),
});

/** A count of the stock in a facility, by its holder or an auditor. */
export const stockCounted = defineEventType({
  type: 'stock.counted',
  schema: stockCountedSchema,
  signers: { by: 'holderOfNamed', orRoles: ['auditor'] },
  correctable: ['/lots/*/mass'],
  check: ({ lots, missing = [] }) =>
    repeated(
      [...lots.map(({ lot }) => lot), ...missing],
      (i) => (i < lots.length ? `/lots/${i}/lot` : `/missing/${i - lots.length}`),
      'a lot',
    ),
  names: ({ lots, missing = [] }) => ({ lots: [...lots.map(({ lot }) => lot), ...missing] }),
});
export type StockCounted = z.infer<typeof stockCountedSchema>;
