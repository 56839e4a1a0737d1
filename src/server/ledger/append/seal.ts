import type { LogKey } from '../../../core/custody/view.js';
import type { Queryable } from '../../database/rows.js';

/** The tree at one size, to which a checkpoint commits. */
export interface TreeHead {
  size: number;
  root: Uint8Array;
}

/**
 * The signer of checkpoints, as the sequencer needs it. The ledger must not import `transparency`, so it declares this
 * interface, and transparency provides it at its start (`AppendEvents.sealWith`).
 */
export interface Seal {
  /**
   * Runs before a commit: throws `log-halted` unless the guard's tree is a prefix of the next one and the next log key
   * is available.
   * @param db the append's own connection;
   * @param head the last committed tree.
   */
  check(db: Queryable, head: TreeHead, keys: readonly LogKey[]): Promise<void>;
  /** Runs after a commit: moves the guard, signs and stores the checkpoint, and returns its text. */
  seal(db: Queryable, head: TreeHead, keys: readonly LogKey[]): Promise<string>;
  /** Signs what an earlier process committed but did not sign. */
  sealPending(): Promise<void>;
  /** Returns the newest checkpoint over an entry that the witnesses cosigned, else the newest signed one, if any. */
  newestOver(index: number): Promise<{ size: number; note: string } | undefined>;
}
