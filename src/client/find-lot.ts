import type { LotState } from '../core/api/lot.js';
import type { AditClient } from './adit-client.js';

/** Candidates read at most: people do not choose from more. */
const MAX_CANDIDATES = 20;
const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const inUse = ({ status }: LotState): boolean => status === 'held' || status === 'inTransit';

/** Several lots have the name; they are listed newest first. */
export class AmbiguousLot extends Error {
  constructor(
    readonly named: string,
    readonly candidates: readonly LotState[],
  ) {
    super(`${candidates.length} lots are called ${named}.`);
    this.name = 'AmbiguousLot';
  }
}

/** No lot has the name. */
export class NoSuchLot extends Error {
  constructor(readonly named: string) {
    super(`No lot is called ${named}.`);
    this.name = 'NoSuchLot';
  }
}

/**
 * Finds the one lot with this name: its id, the first 8 or more characters of its id, a tag, or a lot number. If
 * several lots have the name, only one of them may be active (not consumed or closed), and is returned.
 *
 * Throws `AmbiguousLot` and `NoSuchLot`.
 * @example const { id } = await findLot(client, 'RW-A000001');
 */
export async function findLot(client: AditClient, name: string): Promise<LotState> {
  if (LOT_ID.test(name.toLowerCase())) return client.lot(name.toLowerCase());
  const { items } = await client.lots({ name, limit: String(MAX_CANDIDATES) });
  const [only, ...others] = items;
  if (only === undefined) throw new NoSuchLot(name);
  if (others.length === 0) return only;
  const usable = items.filter(inUse);
  const [meant] = usable;
  if (meant !== undefined && usable.length === 1) return meant;
  throw new AmbiguousLot(name, usable.length > 0 ? usable : items);
}

/** Returns the id of the lot with this name; returns an id unchanged, without a request. */
export async function resolveLot(client: AditClient, name: string): Promise<string> {
  return LOT_ID.test(name.toLowerCase()) ? name.toLowerCase() : (await findLot(client, name)).id;
}
