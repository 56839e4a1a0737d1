import * as z from 'zod';
import { named } from '../named.js';

const reason = z.union([
  z.strictObject({ rule: z.literal('party'), from: z.int(), until: z.int().nullable() }),
  z.strictObject({ rule: z.literal('country'), country: z.string(), from: z.int() }),
  z.strictObject({
    rule: z.literal('grant'),
    grant: z.string(),
    by: z.string(),
    until: z.int().nullable(),
    ends: z.string(),
  }),
  z.strictObject({
    rule: z.literal('upstream'),
    of: z.string(),
    by: z.string().optional().describe('Who holds that lot and granted it; absent: the actor holds it'),
  }),
]);

/** Describes why an actor sees a lot, or does not (`GET /v1/access/explain`). */
export const explanationShape = named('AccessExplanation', {
  lot: z.string(),
  actor: z.string(),
  sees: z.enum(['all', 'part', 'nothing']),
  until: z.int().nullable().describe('Index of the last entry that it sees, where it sees a part'),
  reasons: z.array(reason),
  text: z.string().describe('One sentence for people'),
});
export type AccessExplanation = z.infer<typeof explanationShape>;
