import * as z from 'zod';
import { lotStatuses } from '../custody/view.js';
import { massShape } from './mass.js';
import { named } from './named.js';

const affectedLotShape = z.strictObject({
  lot: z.string(),
  status: z.enum(lotStatuses),
  holder: z.string(),
  inTransitTo: z.string().nullable(),
  mass: massShape,
  contains: massShape.nullable().describe('How much of it stems from the lot asked about, by the masses that flowed'),
  share: z.string(),
});
export type AffectedLot = z.infer<typeof affectedLotShape>;

/** Describes a recall (`GET /v1/lots/{id}/impact`). */
export const impactShape = named('Impact', {
  lot: z.string(),
  items: z
    .array(affectedLotShape)
    .describe('Lots that contain some of it now, the one with the most first; those used up on the way are not listed'),
  holders: z.array(z.string()).describe('Who has to be notified: holders, and receivers of what is on its way'),
  truncated: z.boolean(),
});
export type Impact = z.infer<typeof impactShape>;
