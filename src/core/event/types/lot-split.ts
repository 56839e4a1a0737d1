import * as z from 'zod';
import { checkInputsAndOutputs, input, inheritingOutput } from '../lot-claims.js';
import { correctableOutput, defineEventType, listOfLots, payload } from './event-type.js';

const lotSplitSchema = payload('lot.split', {
  inputs: z.tuple([input]),
  outputs: listOfLots(inheritingOutput),
});

/** One lot split into others; a remainder is a new lot too. A single output is the same goods under a new lot id. */
export const lotSplit = defineEventType({
  type: 'lot.split',
  schema: lotSplitSchema,
  signers: { by: 'holder' },
  correctable: [...correctableOutput, '/inputs/*/mass'],
  check: (claims) => checkInputsAndOutputs(claims),
});
export type LotSplit = z.infer<typeof lotSplitSchema>;
