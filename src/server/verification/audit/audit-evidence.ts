import type { CatalogueDifference } from '../../database/compare-catalogue.js';
import type { Replay } from '../../ledger/replay/replay.js';
import type { CheckedCheckpoints, LogStateRow } from './tree/audit-checkpoints.js';
import type { DisclosureFault } from './audit-disclosures.js';
import type { RecomputedTree } from './tree/audit-tree.js';

/** Data that one audit has gathered. */
export interface Evidence {
  tree: RecomputedTree;
  state: LogStateRow | null;
  checkpoints: CheckedCheckpoints;
  /** The last signed tree, from outside the database; null if this process has no guard. */
  guard: { size: number; root: Uint8Array } | null;
  replay: Replay;
  disclosures: DisclosureFault[];
  /** Objects of the schema that differ from the migrations' result. */
  catalogue: CatalogueDifference[];
  /** Lots with an event at the index of a damaged entry, by index. */
  lotsAt: ReadonlyMap<number, string[]>;
  /** Indexes among the replay's problems whose signature verifies with the stored keys. */
  signedAfterAll: ReadonlySet<number>;
}

/** Damaged entries that may explain later faults. */
export interface BadEntries {
  /** The first entry whose content differs from the log; Infinity: none. */
  first: number;
  lots: ReadonlySet<string>;
}

/** Returns the least number, `Infinity` of none. `Math.min` cannot take as many arguments as a log has entries. */
export function least(numbers: Iterable<number>): number {
  let found = Infinity;
  for (const number of numbers) if (number < found) found = number;
  return found;
}
