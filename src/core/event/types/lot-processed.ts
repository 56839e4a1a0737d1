import * as z from 'zod';
import { checkInputsAndOutputs, input, processedOutput } from '../lot-claims.js';
import { percentage, word } from '../primitives.js';
import { grades, quantity } from '../quantity-claims.js';
import { correctableOutput, defineEventType, listOfLots, payload } from './event-type.js';

/** Tailings, slag, dust: weighed, but not a lot. */
const residue = z.strictObject({
  kind: word,
  mass: quantity,
  moisturePercent: percentage.optional(),
  grades: grades.optional(),
});

const lotProcessedSchema = payload('lot.processed', {
  process: word,
  inputs: listOfLots(input),
  outputs: listOfLots(processedOutput),
  batch: word.optional(),
  residues: z.array(residue).min(1).max(20).optional(),
});

/** Lots processed into others; `residues` lists the remains that are not lots. */
export const lotProcessed = defineEventType({
  type: 'lot.processed',
  schema: lotProcessedSchema,
  signers: { by: 'holder', roles: ['processor', 'smelter', 'miner'] },
  correctable: [...correctableOutput, '/inputs/*/mass', '/process', '/batch', '/residues'],
  check: (claims) => checkInputsAndOutputs(claims),
});
export type LotProcessed = z.infer<typeof lotProcessedSchema>;
