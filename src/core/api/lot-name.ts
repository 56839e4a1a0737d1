import * as z from 'zod';

/** Names a lot as people know it: by tag or lot number, and by the site it came from. */
export const lotNameShape = z.strictObject({
  lot: z.string(),
  tag: z.string().nullable(),
  lotNumber: z.string().nullable(),
  site: z.string().nullable(),
});
export type LotName = z.infer<typeof lotNameShape>;

/** What people call the lot: its tag, else its lot number, else the beginning of its id. */
export const shownName = ({ lot, tag, lotNumber }: LotName): string => tag ?? lotNumber ?? lot.slice(0, 8);
