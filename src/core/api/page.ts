import * as z from 'zod';

/** Describes one page of a list; `next` is the cursor of the next page, null at the end. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** A mass in the API: a decimal string and its unit. */
export const massShape = z.strictObject({ value: z.string(), uom: z.string() });
