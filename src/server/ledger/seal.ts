import type { LogKey } from '../../core/custody/view.js';

/** The tree at one size: what a checkpoint commits to. */
export interface TreeHead {
  size: number;
  root: Uint8Array;
}

/**
 * What the sequencer needs of those who sign the log. The ledger must not reach up to `transparency`, so it says here
 * what it needs, and transparency gives it when it starts (`AppendEvents.sealWith`).
 */
export interface Seal {
  /**
   * Before a commit: throws `log-halted` unless the guard's tree is a prefix of the one about to grow, and the log key
   * that will be in force is at hand.
   * @param head the tree as committed last; @param rootAt the root of an older size of the same tree.
   */
  check(head: TreeHead, rootAt: (size: number) => Promise<Uint8Array>, keys: readonly LogKey[]): Promise<void>;
  /** After a commit: moves the guard, signs the checkpoint, stores it, and gives its text. */
  seal(head: TreeHead, rootAt: (size: number) => Promise<Uint8Array>, keys: readonly LogKey[]): Promise<string>;
  /** Signs what an earlier process committed but did not live to sign. */
  sealPending(): Promise<void>;
}
