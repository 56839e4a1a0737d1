import * as z from 'zod';
import { reason } from '../primitives.js';
import { weighedLot } from '../trade-claims.js';
import { defineEventType, listOfLots, payload, repeatedLots } from './event-type.js';

const lotClosedSchema = payload('lot.closed', { lots: listOfLots(weighedLot), reason });

/** Lots leave the ledger: lost, stolen, disposed of, sold to end use. Evidence stands in `attachments`. */
export const lotClosed = defineEventType({
  type: 'lot.closed',
  schema: lotClosedSchema,
  signers: { by: 'holder' },
  check: ({ lots }) => repeatedLots(lots),
});
export type LotClosed = z.infer<typeof lotClosedSchema>;
