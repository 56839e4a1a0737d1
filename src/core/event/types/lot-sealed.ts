import * as z from 'zod';
import { lotAndPrev, seals, tags } from '../lot-claims.js';
import { text } from '../primitives.js';
import { defineEventType, listOfLots, payloadWithDigests, repeatedLots } from './event-type.js';

const sealedLot = z.strictObject({
  ...lotAndPrev,
  tagsOn: tags.optional(),
  tagsOff: tags.optional(),
  sealsOn: seals.optional(),
  sealsOff: seals.optional(),
});

const lotSealedSchema = payloadWithDigests('lot.sealed', {
  lots: listOfLots(sealedLot),
  sealedBy: text(200).optional(),
});

/** Tags and seals applied and removed. */
export const lotSealed = defineEventType({
  type: 'lot.sealed',
  schema: lotSealedSchema,
  signers: { by: 'holder' },
  disclosable: ['/sealedBy'],
  check: ({ lots }) => [
    ...repeatedLots(lots),
    ...lots.flatMap(({ tagsOn, tagsOff, sealsOn, sealsOff }, i) =>
      [tagsOn, tagsOff, sealsOn, sealsOff].every((numbers) => numbers === undefined)
        ? [{ pointer: `/lots/${i}`, detail: 'must say tagsOn, tagsOff, sealsOn or sealsOff' }]
        : [],
    ),
  ],
});
export type LotSealed = z.infer<typeof lotSealedSchema>;
