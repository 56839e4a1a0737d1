import * as z from 'zod';
import { declaredOutput } from '../lot-claims.js';
import { datesFromTo, placeWithSite, positiveNumber, registryId, text, withDigests, word } from '../primitives.js';
import { correctableOutput, defineEventType, listOfLots, payload, repeated } from './event-type.js';

/** The person who dug it, by the pseudonym that the office keeping the cards gave it; the number of its card is †. */
const person = withDigests({ id: registryId, role: word.optional(), card: text(64).optional() });

const lotDeclaredSchema = payload('lot.declared', {
  place: placeWithSite,
  outputs: listOfLots(declaredOutput),
  holder: registryId.optional(),
  person: person.optional(),
  pit: word.optional(),
  miningDates: datesFromTo.optional(),
  teamSize: positiveNumber.optional(),
  method: word.optional(),
  /** Recycled, or stock from before due diligence began; absent: mined, unless the method names recycling. */
  source: z.enum(['mined', 'recycled', 'grandfathered']).optional(),
});

/** New lots at a mine site, declared by its operator, or by an authority in the name of the holder. */
export const lotDeclared = defineEventType({
  type: 'lot.declared',
  schema: lotDeclaredSchema,
  disclosable: ['/person/card'],
  signers: { by: 'siteOperator', orRoles: ['authority'] },
  correctable: [...correctableOutput, '/pit', '/miningDates', '/teamSize', '/method', '/source'],
  check: ({ outputs }) =>
    repeated(
      outputs.map(({ lot }) => lot),
      (i) => `/outputs/${i}/lot`,
      'a lot',
    ),
  names: ({ holder }) => ({ actors: [holder] }),
});
export type LotDeclared = z.infer<typeof lotDeclaredSchema>;
