import * as z from 'zod';
import { massShape } from './mass.js';
import { named } from './named.js';

/** Describes the monthly production of a site (`GET /v1/sites/{id}/volumes`). */
export const volumesShape = named('Volumes', {
  site: z.string(),
  delayDays: z.int().describe('How old the newest figure is at least, days'),
  bucket: massShape.nullable().describe('To what a mass is rounded up; null where it is not'),
  items: z.array(
    z.strictObject({
      month: z.string(),
      mineral: z.string(),
      lots: z.int(),
      declared: massShape.nullable().describe('Null: less than anything that is published'),
      tagged: massShape.nullable(),
      capacity: massShape
        .nullable()
        .describe('What the workers of the site can produce in a month; null where it is not known'),
    }),
  ),
});
export type Volumes = z.infer<typeof volumesShape>;
