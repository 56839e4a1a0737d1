import * as z from 'zod';
import { tags } from '../lot-claims.js';
import { reason, registryId, wholeNumber } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const tagsVoidedSchema = payload('tags.voided', {
  tags,
  reason,
  /** The actor that gave unused tags back. */
  returnedBy: registryId.optional(),
  /** Unused tags that it still has, as counted when it gave these back. */
  stock: wholeNumber.optional(),
});

/** Tags that are void: lost, damaged, returned. A later use is a finding. */
export const tagsVoided = defineEventType({
  type: 'tags.voided',
  schema: tagsVoidedSchema,
  signers: { by: 'role', roles: ['authority'] },
  names: ({ returnedBy }) => ({ actors: [returnedBy] }),
});
export type TagsVoided = z.infer<typeof tagsVoidedSchema>;
