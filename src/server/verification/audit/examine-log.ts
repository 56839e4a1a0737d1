import type { RecordFault } from '../../../core/rules/engine/facts.js';
import type { Database } from '../../database/database.js';
import type { LedgerIdentity } from '../../ledger/ledger-identity.js';
import type { ReplayFollower } from '../../ledger/replay/replay.js';
import type { Evidence } from './audit-evidence.js';
import { explain } from './audit-faults.js';
import type { AuditPace } from './audit-pace.js';
import { isDamage, unreadable } from './damage.js';
import { type Pacing, gatherEvidence } from './gather-evidence.js';

/** Result of one examination as plain data, because it may come from another thread. */
export interface Examination {
  size: number;
  root: Uint8Array;
  /** The log's newest clock, ms. */
  now: number | null;
  faults: RecordFault[];
  /** Whether all faults are listed. */
  complete: boolean;
}

/**
 * Reads everything that an audit compares; returns the faults.
 * @param pace null: as fast as it can.
 */
export async function examineLog(
  database: Database,
  identity: LedgerIdentity,
  guard: Evidence['guard'],
  pace: AuditPace | null,
  follower: ReplayFollower,
): Promise<Examination> {
  try {
    const evidence = await gatherEvidence(database, identity, guard, { ...pacingBy(pace), follower });
    const { tree, now, replay } = evidence;
    const root = Uint8Array.from(tree.roots.get(tree.size) ?? []);
    return { size: tree.size, root, now, faults: explain(evidence), complete: !replay.truncated };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { size: 0, root: new Uint8Array(0), now: null, faults: [unreadable(error)], complete: false };
  }
}

/** The replay and the tree each read the log once. */
const pacingBy = (pace: AuditPace | null): Pacing =>
  pace === null
    ? {}
    : {
        // The last piece of each is read in a snapshot, in which no pause may be long.
        replay: async (done, size) => (done < size ? pace.rest((0.5 * done) / size) : undefined),
        tree: async (done, size) => (done < size ? pace.rest(0.5 + (0.5 * done) / size) : undefined),
        checkpoints: () => pace.rest(1),
        comparison: () => pace.giveWay(),
      };
