import * as z from 'zod';
import { lotAndPrev, seals } from '../lot-claims.js';
import { reason, registryId, word } from '../primitives.js';
import { quantity, scale } from '../quantity-claims.js';
import { defineEventType, listOfLots, payload, type Problem, repeatedLots } from './event-type.js';

/** Seals as seen at the receipt: of all lots, or of one lot. */
const sealsSeen = { seals: seals.optional(), sealState: word.optional(), reason: reason.optional() };

const receivedLot = z.strictObject({
  ...lotAndPrev,
  outcome: z.enum(['accepted', 'rejected']).optional(),
  mass: quantity.optional(),
  ...sealsSeen,
});

const custodyReceivedSchema = payload('custody.received', {
  from: registryId,
  lots: listOfLots(receivedLot),
  scale: scale.optional(),
  ...sealsSeen,
});

/** The receiver named in a dispatch receives lots with its own weights, or rejects them. One dispatch per event. */
export const custodyReceived = defineEventType({
  type: 'custody.received',
  schema: custodyReceivedSchema,
  signers: { by: 'receiver' },
  correctable: ['/lots/*/mass', '/scale', '/seals', '/sealState', '/lots/*/seals', '/lots/*/sealState'],
  check: ({ lots }) => {
    const problems: Problem[] = repeatedLots(lots);
    for (const [i, lot] of lots.entries()) {
      if (lot.prev !== lots[0]?.prev)
        problems.push({ pointer: `/lots/${i}/prev`, detail: 'must name the same dispatch for all lots' });
      if (lot.outcome !== 'rejected' && lot.mass === undefined)
        problems.push({ pointer: `/lots/${i}/mass`, detail: 'is required where the lot is accepted' });
    }
    return problems;
  },
  names: ({ from }) => ({ actors: [from] }),
});
export type CustodyReceived = z.infer<typeof custodyReceivedSchema>;
