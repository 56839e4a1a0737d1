import * as z from 'zod';
import { seen } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const indexSealedSchema = payload('index.sealed', seen.shape);

/** The sealed index (`core/log/sealed-index.ts`) over the first `size` entries of the log, and its root in base64. */
export const indexSealed = defineEventType({
  type: 'index.sealed',
  schema: indexSealedSchema,
  signers: { by: 'service' },
  check: () => [],
});
export type IndexSealed = z.infer<typeof indexSealedSchema>;
