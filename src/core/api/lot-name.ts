import * as z from 'zod';

/** Names a lot as people know it: by tag or lot number, by the site it came from, and by what it is. */
export const lotNameShape = z.strictObject({
  lot: z.string(),
  tag: z.string().nullable(),
  lotNumber: z.string().nullable(),
  site: z.string().nullable(),
  mineral: z.string().nullable(),
});
export type LotName = z.infer<typeof lotNameShape>;

/** The one mineral of all these lots; undefined where they differ, or an older release did not say. */
export function mineralOf(about: readonly Pick<LotName, 'mineral'>[] = []): string | undefined {
  const minerals = new Set(about.map(({ mineral }) => mineral as string | null | undefined));
  const [only] = minerals;
  return minerals.size === 1 ? (only ?? undefined) : undefined;
}

/** What people call the lot: its tag, else its lot number, else the beginning of its id. */
export const shownName = ({ lot, tag, lotNumber }: LotName): string => tag ?? lotNumber ?? lot.slice(0, 8);
