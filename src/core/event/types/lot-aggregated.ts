import * as z from 'zod';
import { checkInputsAndOutputs, input, inheritingOutput } from '../lot-claims.js';
import { correctableOutput, defineEventType, listOfLots, payload } from './event-type.js';

const lotAggregatedSchema = payload('lot.aggregated', {
  inputs: listOfLots(input),
  outputs: z.tuple([inheritingOutput]),
});

/** Lots aggregated into one; inputs are wholly consumed (split first to use a part). */
export const lotAggregated = defineEventType({
  type: 'lot.aggregated',
  schema: lotAggregatedSchema,
  signers: { by: 'holder' },
  correctable: [...correctableOutput, '/inputs/*/mass'],
  check: (claims) => checkInputsAndOutputs(claims),
});
export type LotAggregated = z.infer<typeof lotAggregatedSchema>;
