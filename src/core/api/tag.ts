import * as z from 'zod';
import { named } from './named.js';

const place = z.strictObject({ site: z.string().optional(), facility: z.string().optional() });

/** Describes the uses of a tag (`GET /v1/tags/{number}`). */
export const seenTagShape = named('Tag', {
  tag: z.string(),
  /** Series in which it was issued, in the order of the log. */
  issued: z.array(
    z.strictObject({
      series: z.string(),
      site: z.string(),
      issuer: z.string().nullable(),
      event: z.string(),
      index: z.int(),
    }),
  ),
  /** Events that applied it to a lot or voided it. */
  sightings: z.array(
    z.strictObject({
      event: z.string(),
      index: z.int(),
      type: z.string(),
      iss: z.string(),
      occurredAt: z.string(),
      place: place.nullable(),
      /** Lots to which this event applied it. */
      lots: z.array(z.string()),
    }),
  ),
  /** Lots that have it now, with their holders. */
  carriedBy: z.array(z.strictObject({ lot: z.string(), status: z.string(), holder: z.string() })),
});
export type SeenTag = z.infer<typeof seenTagShape>;
