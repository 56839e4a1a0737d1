import * as z from 'zod';

/** Describes one page of a list; `next` is the cursor of the next page, null at the end. */
export const pageShape = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** One page of a list. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
