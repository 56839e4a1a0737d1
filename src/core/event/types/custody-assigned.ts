import * as z from 'zod';
import { lotAndPrev } from '../lot-claims.js';
import { reason, registryId } from '../primitives.js';
import { defineEventType, listOfLots, payload, repeatedLots } from './event-type.js';

const custodyAssignedSchema = payload('custody.assigned', {
  to: registryId,
  lots: listOfLots(z.strictObject(lotAndPrev)),
  ground: reason,
});

/** An authority assigns a holder to a stolen, orphaned or disputed lot that it holds. */
export const custodyAssigned = defineEventType({
  type: 'custody.assigned',
  schema: custodyAssignedSchema,
  signers: { by: 'role', roles: ['authority'] },
  check: ({ lots }) => repeatedLots(lots),
  names: ({ to }) => ({ actors: [to] }),
});
export type CustodyAssigned = z.infer<typeof custodyAssignedSchema>;
