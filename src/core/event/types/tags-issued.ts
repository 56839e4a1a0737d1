import * as z from 'zod';
import { registryId, text, wholeNumber } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const tagsIssuedSchema = payload('tags.issued', {
  series: text(32),
  from: wholeNumber,
  to: wholeNumber,
  digits: z.int().min(1).max(16).optional(),
  site: registryId,
  issuer: registryId.optional(),
});

/** A range of tags issued to a site: a tag is `series` and a decimal number, zero-padded to `digits` if given. */
export const tagsIssued = defineEventType({
  type: 'tags.issued',
  schema: tagsIssuedSchema,
  signers: { by: 'role', roles: ['authority'] },
  check: ({ from, to }) => (to < from ? [{ pointer: '/to', detail: 'must not be less than from' }] : []),
  names: ({ site, issuer }) => ({ sites: [site], actors: [issuer] }),
});
export type TagsIssued = z.infer<typeof tagsIssuedSchema>;
