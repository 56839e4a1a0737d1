import type { AditClient } from './adit-client.js';
import type { LotState } from './shapes.js';

/** Candidates that are read at most; more than that no person chooses from. */
const MAX_CANDIDATES = 20;
const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const inUse = ({ status }: LotState): boolean => status === 'held' || status === 'inTransit';

/** A name that several lots have, with the lots, newest first. */
export class AmbiguousLot extends Error {
  constructor(
    readonly named: string,
    readonly candidates: readonly LotState[],
  ) {
    super(`${candidates.length} lots are called ${named}.`);
    this.name = 'AmbiguousLot';
  }
}

/** A name that no lot has. */
export class NoSuchLot extends Error {
  constructor(readonly named: string) {
    super(`No lot is called ${named}.`);
    this.name = 'NoSuchLot';
  }
}

/**
 * Finds the one lot that people call by this name: its id, the first 8 or more characters of its id, a tag, or a lot
 * number. Where several lots have the name, the only one that is not used up or closed is meant.
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

/** Returns the id of the lot that people call by this name; an id is returned as it is, without asking the ledger. */
export async function resolveLot(client: AditClient, name: string): Promise<string> {
  return LOT_ID.test(name.toLowerCase()) ? name.toLowerCase() : (await findLot(client, name)).id;
}
