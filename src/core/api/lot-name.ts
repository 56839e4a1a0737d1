import * as z from 'zod';
import { named } from './named.js';

/** Names a lot for people: its tag or lot number, its site, and its mineral. */
export const lotNameShape = named('LotName', {
  lot: z.string(),
  tag: z.string().nullable(),
  lotNumber: z.string().nullable(),
  site: z.string().nullable(),
  mineral: z.string().nullable(),
});
export type LotName = z.infer<typeof lotNameShape>;

/** Returns the one mineral of all these lots; undefined if they differ, or an older release omitted it. */
export function mineralOf(about: readonly Pick<LotName, 'mineral'>[] = []): string | undefined {
  const minerals = new Set(about.map(({ mineral }) => mineral as string | null | undefined));
  const [only] = minerals;
  return minerals.size === 1 ? (only ?? undefined) : undefined;
}

/** Returns the name of a lot for people: its tag, else its lot number, else the beginning of its id. */
export const shownName = ({ lot, tag, lotNumber }: LotName): string => tag ?? lotNumber ?? lot.slice(0, 8);
