import * as z from 'zod';
import { lotAndPrev } from '../lot-claims.js';
import { reason } from '../primitives.js';
import { defineEventType, listOfLots, payload, repeatedLots } from './event-type.js';

const custodyRecalledSchema = payload('custody.recalled', { lots: listOfLots(z.strictObject(lotAndPrev)), reason });

/** The sender withdraws a dispatch that never arrived, once planned arrival and grace have passed. */
export const custodyRecalled = defineEventType({
  type: 'custody.recalled',
  schema: custodyRecalledSchema,
  signers: { by: 'holder' },
  check: ({ lots }) => repeatedLots(lots),
});
export type CustodyRecalled = z.infer<typeof custodyRecalledSchema>;
