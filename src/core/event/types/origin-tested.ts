import * as z from 'zod';
import { lotIdSchema, registryId, text, word } from '../primitives.js';
import { defineEventType, payload, repeated } from './event-type.js';

const originTestedSchema = payload('origin.tested', {
  lot: lotIdSchema,
  sample: word,
  /** The sites whose reference samples it was compared with. */
  sites: z.array(registryId).min(1).max(50),
  result: z.enum(['plausible', 'notPlausible']),
  method: word.optional(),
  laboratory: text(200).optional(),
});

/** A laboratory compares a sample's analytical fingerprint with those of the sites of its claimed origin. */
export const originTested = defineEventType({
  type: 'origin.tested',
  schema: originTestedSchema,
  signers: { by: 'role', roles: ['assayer'] },
  correctable: ['/sample', '/result', '/method', '/laboratory'],
  check: ({ sites }) => repeated(sites, (i) => `/sites/${i}`, 'a site'),
  names: ({ lot, sites }) => ({ lots: [lot], sites }),
});
export type OriginTested = z.infer<typeof originTestedSchema>;
