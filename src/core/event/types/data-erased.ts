import * as z from 'zod';
import { digest, reason } from '../primitives.js';
import { defineEventType, payload, repeated } from './event-type.js';

const dataErasedSchema = payload('data.erased', { digests: z.array(digest).min(1).max(200), ground: reason });

/** A registrar orders disclosures to be erased; hashes, signatures and proofs stay as they are. */
export const dataErased = defineEventType({
  type: 'data.erased',
  schema: dataErasedSchema,
  signers: { by: 'role', roles: ['registrar'] },
  check: ({ digests }) => repeated(digests, (i) => `/digests/${i}`, 'a digest'),
});
export type DataErased = z.infer<typeof dataErasedSchema>;
