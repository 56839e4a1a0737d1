import * as z from 'zod';
import { plainText } from '../../../core/api/values.js';
import { lotIdSchema, MAX_LOTS } from '../../../core/event/primitives.js';

/** The language that the address of a page asks for. */
export const lang = plainText(8).optional();

/** `?lot=…&lot=…`: the lots that a page is about. */
export const lotsQuery = z.strictObject({
  lot: z
    .preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(lotIdSchema).max(MAX_LOTS),
    )
    .default([]),
  lang,
});
