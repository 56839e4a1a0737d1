import * as z from 'zod';
import { date, registryId, text } from '../primitives.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const siteInspectedSchema = payloadWithDigests('site.inspected', {
  site: registryId,
  date,
  /** 0 blue, 1 green, 2 yellow, 3 red. */
  certification: z.int().min(0).max(3),
  activity: z.int().min(0).max(2),
  inspector: text(200).optional(),
  findings: z.array(text(500)).min(1).max(50).optional(),
  grounds: text(1000).optional(),
});

/** The status of a site as an inspector found it: certification by MDC.01, activity by MDC.02. */
export const siteInspected = defineEventType({
  type: 'site.inspected',
  schema: siteInspectedSchema,
  signers: { by: 'role', roles: ['authority', 'auditor'] },
  correctable: ['/date', '/certification', '/activity', '/inspector', '/findings', '/grounds'],
  disclosable: ['/inspector', '/findings', '/grounds'],
  names: ({ site }) => ({ sites: [site] }),
});
export type SiteInspected = z.infer<typeof siteInspectedSchema>;
