import * as z from 'zod';
import { named } from './named.js';

/** Describes a registered actor (`GET /v1/actors`). */
export const actorShape = named('Actor', {
  actor: z.string(),
  roles: z.array(z.string()),
  country: z.string().nullable(),
  /** Validity of the actor's card or licence, dates. */
  card: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  suspended: z.boolean(),
});
export type ListedActor = z.infer<typeof actorShape>;

/** Describes a registered mine site (`GET /v1/sites`). */
export const siteShape = named('Site', {
  site: z.string(),
  country: z.string(),
  operator: z.string(),
  minerals: z.array(z.string()),
  licence: z.unknown(),
  capacity: z.unknown(),
  certification: z.int().nullable(),
  activity: z.int().nullable(),
  inspectedOn: z.string().nullable(),
});
export type ListedSite = z.infer<typeof siteShape>;
