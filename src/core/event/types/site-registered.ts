import * as z from 'zod';
import { registryId } from '../primitives.js';
import { siteCore, siteDetails, siteDisclosable } from '../site-claims.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const siteRegisteredSchema = payloadWithDigests('site.registered', { site: registryId, ...siteCore, ...siteDetails });

/** A mine site, its operator and the minerals that may be mined there. */
export const siteRegistered = defineEventType({
  type: 'site.registered',
  schema: siteRegisteredSchema,
  signers: { by: 'role', roles: ['registrar', 'authority'] },
  disclosable: siteDisclosable,
  names: ({ site, operator, licence }) => ({ sites: [site], actors: [operator, licence?.holder] }),
});
export type SiteRegistered = z.infer<typeof siteRegisteredSchema>;
