import * as z from 'zod';
import { lotAndPrev, seals } from '../lot-claims.js';
import { date, instant, point, registryId, text, word } from '../primitives.js';
import { quantity } from '../quantity-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeatedLots } from './event-type.js';

/** A waybill, an invoice, a certificate. */
const businessDocument = z.strictObject({
  kind: word,
  number: text(100),
  issuer: text(200).optional(),
  date: date.optional(),
});

const custodyDispatchedSchema = payloadWithDigests('custody.dispatched', {
  to: registryId,
  lots: listOfLots(z.strictObject({ ...lotAndPrev, mass: quantity.optional() })),
  carrier: registryId.optional(),
  mode: word.optional(),
  vehicle: text(100).optional(),
  route: z
    .union([
      text(1000),
      z
        .array(z.union([text(200), point]))
        .min(1)
        .max(100),
    ])
    .optional(),
  plannedArrival: instant.optional(),
  seals: seals.optional(),
  documents: z
    .array(z.union([text(200), businessDocument]))
    .min(1)
    .max(50)
    .optional(),
});

/** The holder dispatches lots to a named receiver, and remains the holder until the receipt. */
export const custodyDispatched = defineEventType({
  type: 'custody.dispatched',
  schema: custodyDispatchedSchema,
  signers: { by: 'holder' },
  correctable: ['/lots/*/mass', '/mode', '/vehicle', '/route', '/plannedArrival', '/seals', '/documents'],
  disclosable: ['/vehicle', '/route', '/documents'],
  check: ({ lots }) => repeatedLots(lots),
  names: ({ to, carrier }) => ({ actors: [to, carrier] }),
});
export type CustodyDispatched = z.infer<typeof custodyDispatchedSchema>;
