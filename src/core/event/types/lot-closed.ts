import * as z from 'zod';
import { lotIdSchema, reason } from '../primitives.js';
import { weighedLot } from '../trade-claims.js';
import { defineEventType, listOfLots, payload, repeatedLots } from './event-type.js';

const lotClosedSchema = payload('lot.closed', {
  lots: listOfLots(weighedLot),
  reason,
  /** The lot that is the valid record of the same goods. The event does not extend that lot's chain. */
  duplicateOf: lotIdSchema.optional(),
});

/** Lots leave the ledger: lost, stolen, disposed of, sold to end use, recorded twice. Evidence is in `attachments`. */
export const lotClosed = defineEventType({
  type: 'lot.closed',
  schema: lotClosedSchema,
  signers: { by: 'holder' },
  check: ({ lots, duplicateOf }) => [
    ...repeatedLots(lots),
    ...(lots.some(({ lot }) => lot === duplicateOf)
      ? [{ pointer: '/duplicateOf', detail: 'must name another lot: the record that is kept, not one that is closed' }]
      : []),
  ],
});
export type LotClosed = z.infer<typeof lotClosedSchema>;
