import * as z from 'zod';
import { tags } from '../lot-claims.js';
import { reason } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const tagsVoidedSchema = payload('tags.voided', { tags, reason });

/** Tags that are void: lost, damaged, returned. A later use is a finding. */
export const tagsVoided = defineEventType({
  type: 'tags.voided',
  schema: tagsVoidedSchema,
  signers: { by: 'role', roles: ['authority'] },
});
export type TagsVoided = z.infer<typeof tagsVoidedSchema>;
