import * as z from 'zod';
import { lotIdSchema, percentage, text, word } from '../primitives.js';
import { certifiedGrade } from '../quantity-claims.js';
import { defineEventType, payload } from './event-type.js';

const assayCertifiedSchema = payload('assay.certified', {
  lot: lotIdSchema,
  sample: word,
  grades: z.array(certifiedGrade).min(1).max(30),
  moisturePercent: percentage.optional(),
  laboratory: text(200).optional(),
});

/** A laboratory certifies what a sample of a lot contains. */
export const assayCertified = defineEventType({
  type: 'assay.certified',
  schema: assayCertifiedSchema,
  signers: { by: 'role', roles: ['assayer'] },
  correctable: ['/sample', '/grades', '/moisturePercent', '/laboratory'],
  names: ({ lot }) => ({ lots: [lot] }),
});
export type AssayCertified = z.infer<typeof assayCertifiedSchema>;
