import * as z from 'zod';
import { named } from '../named.js';

/** Describes a grant, to who gave it and to who received it (`GET /v1/grants`). */
export const grantShape = named('Grant', {
  grant: z.string().describe('Id of the `grant.given`'),
  index: z.int(),
  by: z.string(),
  to: z.string(),
  only: z
    .strictObject({
      lots: z.array(z.string()).nullable(),
      sites: z.array(z.string()).nullable(),
      bornFrom: z.string().nullable(),
      bornUntil: z.string().nullable().describe('The last day, included'),
    })
    .describe('Limits of the grant, all of which a lot must meet; null: not limited by that'),
  disclosures: z.boolean().describe('Whether it also shows the disclosures that the giver may see'),
  until: z.string(),
  state: z.enum(['inForce', 'ended', 'withdrawn', 'paused']).describe('`paused` while the giver is suspended'),
});
export type Grant = z.infer<typeof grantShape>;

/** A grant as the operator sees it: how many lots it names, not which; null: not limited by lots. */
export interface CountedGrant extends Omit<Grant, 'only'> {
  only: Omit<Grant['only'], 'lots'> & { lots: number | null };
}
