import * as z from 'zod';
import { registryId } from '../primitives.js';
import { siteCore, siteDetails, siteDisclosable } from '../site-claims.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const siteUpdatedSchema = payloadWithDigests('site.updated', {
  site: registryId,
  country: siteCore.country.optional(),
  operator: siteCore.operator.optional(),
  minerals: siteCore.minerals.optional(),
  ...siteDetails,
});

/** New values of any claims of `site.registered`; omitted claims do not change. */
export const siteUpdated = defineEventType({
  type: 'site.updated',
  schema: siteUpdatedSchema,
  signers: { by: 'role', roles: ['registrar', 'authority'] },
  disclosable: siteDisclosable,
  check: ({ country, operator, minerals, nationalId, point, polygon, licence, capacity, scale, region, _sd }) =>
    [country, operator, minerals, nationalId, point, polygon, licence, capacity, scale, region, _sd].every(
      (claim) => claim === undefined,
    )
      ? [{ pointer: '', detail: 'must change something' }]
      : [],
  names: ({ site, operator, licence }) => ({ sites: [site], actors: [operator, licence?.holder] }),
});
export type SiteUpdated = z.infer<typeof siteUpdatedSchema>;
