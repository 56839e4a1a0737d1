import * as z from 'zod';
import { declaredOutput } from '../lot-claims.js';
import { datesFromTo, placeWithSite, positiveNumber, registryId, word } from '../primitives.js';
import { correctableOutput, defineEventType, listOfLots, payload, repeated } from './event-type.js';

const lotDeclaredSchema = payload('lot.declared', {
  place: placeWithSite,
  outputs: listOfLots(declaredOutput),
  holder: registryId.optional(),
  pit: word.optional(),
  miningDates: datesFromTo.optional(),
  teamSize: positiveNumber.optional(),
  method: word.optional(),
});

/** New lots at a mine site, declared by its operator, or by an authority in the name of the holder. */
export const lotDeclared = defineEventType({
  type: 'lot.declared',
  schema: lotDeclaredSchema,
  signers: { by: 'siteOperator', orRoles: ['authority'] },
  correctable: [...correctableOutput, '/pit', '/miningDates', '/teamSize', '/method'],
  check: ({ outputs }) =>
    repeated(
      outputs.map(({ lot }) => lot),
      (i) => `/outputs/${i}/lot`,
      'a lot',
    ),
  names: ({ holder }) => ({ actors: [holder] }),
});
export type LotDeclared = z.infer<typeof lotDeclaredSchema>;
