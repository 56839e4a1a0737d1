import type { CatalogueDifference } from '../database/compare-catalogue.js';
import type { Replay } from '../ledger/replay.js';
import type { CheckedCheckpoints, LogStateRow } from './audit-checkpoints.js';
import type { DisclosureFault } from './audit-disclosures.js';
import type { RecomputedTree } from './audit-tree.js';

/** What one audit has gathered. */
export interface Evidence {
  tree: RecomputedTree;
  state: LogStateRow | null;
  checkpoints: CheckedCheckpoints;
  /** What was signed last, remembered outside the database; null where this process cannot see it. */
  guard: { size: number; root: Uint8Array } | null;
  replay: Replay;
  disclosures: DisclosureFault[];
  /** Objects of the schema that are not as the migrations make them. */
  catalogue: CatalogueDifference[];
  /** Lots whose chain has an event at an index, for the indices of damaged entries. */
  lotsAt: ReadonlyMap<number, string[]>;
  /** Indices among the replay's problems whose signature does verify by the stored keys. */
  signedAfterAll: ReadonlySet<number>;
}

/** What later faults may be put down to. */
export interface BadEntries {
  /** The first entry whose content is not what was logged; Infinity: none. */
  first: number;
  lots: ReadonlySet<string>;
}

/** The least of them, `Infinity` of none. Where all entries of a log are damaged, they are more than `Math.min` takes. */
export function least(numbers: Iterable<number>): number {
  let found = Infinity;
  for (const number of numbers) if (number < found) found = number;
  return found;
}
