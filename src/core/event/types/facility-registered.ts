import * as z from 'zod';
import { country, point, registryId, word } from '../primitives.js';
import { quantity } from '../quantity-claims.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const facilityRegisteredSchema = payloadWithDigests('facility.registered', {
  facility: registryId,
  kind: word,
  country,
  operator: registryId.optional(),
  point: point.optional(),
  capacityPerMonth: quantity.optional(),
});

/** A place that is not a mine: warehouse, plant, port. */
export const facilityRegistered = defineEventType({
  type: 'facility.registered',
  schema: facilityRegisteredSchema,
  signers: { by: 'role', roles: ['registrar'] },
  disclosable: ['/point'],
  names: ({ facility, operator }) => ({ facilities: [facility], actors: [operator] }),
});
export type FacilityRegistered = z.infer<typeof facilityRegisteredSchema>;
