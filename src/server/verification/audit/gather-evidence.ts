import { compareCatalogue } from '../../database/compare-catalogue.js';
import type { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import type { CheckThreads } from '../../ledger/intake/check-threads.js';
import type { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { type Pace, type Replay, type ReplayFollower, replayLog } from '../../ledger/replay/replay.js';
import { CheckCheckpoints, readLogState } from './tree/audit-checkpoints.js';
import { auditDisclosures } from './audit-disclosures.js';
import { signatureHolds } from './audit-entries.js';
import type { Evidence } from './audit-evidence.js';
import { AuditTree, type RecomputedTree } from './tree/audit-tree.js';

/** Lots looked up for damaged entries at most. */
const LOTS_NAMED = 1_000;

export interface GatheredEvidence extends Evidence {
  /** The log's newest clock, ms. */
  now: number | null;
}

/** Pauses of a background audit, in its two readings of the log and that of the checkpoints. */
export interface Pacing {
  replay?: Pace;
  tree?: Pace;
  checkpoints?: () => Promise<void>;
  /** Called between pieces of the comparison of derived rows, which holds a snapshot. */
  comparison?: () => Promise<void>;
}

/** Options of an audit: its pauses, and the follower that is rebuilt with the projections. */
export interface Gathering extends Pacing {
  follower?: ReplayFollower;
  /** Check signatures beside the replay. */
  threads?: CheckThreads;
}

/** Entries left for the snapshot at most, unless the log grows faster than it is read. */
const NEAR = 1_024;

/**
 * Reads all data that an audit compares. The tree is read in one snapshot and the replay in another; the log can only
 * grow between them, which neither reports. Most entries and signed checkpoints never change and are read before the
 * snapshot, with pauses.
 */
export async function gatherEvidence(
  database: Database,
  identity: LedgerIdentity,
  guard: Evidence['guard'],
  pacing: Gathering = {},
): Promise<GatheredEvidence> {
  const { replay: pace, comparison: rest, follower, threads } = pacing;
  const replay = await replayLog(database, identity, { pace, rest, follower, threads });
  return gatherBeside(replay, database, identity, guard, pacing);
}

/** Reads what an audit compares beside the replay: the tree, its checkpoints, disclosures and the schema. */
async function gatherBeside(
  replay: Replay,
  database: Database,
  identity: LedgerIdentity,
  guard: Evidence['guard'],
  pacing: Pacing = {},
): Promise<GatheredEvidence> {
  const sizes = new Set<number>();
  const tree = new AuditTree(database, identity, sizes);
  for (let left = Infinity; ;) {
    const end = await addSizes(database, guard, sizes);
    if (end - tree.read <= NEAR || end - tree.read >= left) break;
    left = end - tree.read;
    await tree.advance(end, pacing.tree);
  }
  const checkpoints = new CheckCheckpoints(identity.logKeys, (size) => tree.roots.get(size));
  await checkpoints.advance(database, pacing.checkpoints);
  return database.snapshot(async (db) => {
    const end = await addSizes(db, guard, sizes);
    const finished = await tree.finish(db, end);
    return gather(db, identity, { guard, replay, tree: finished, checkpoints: await checkpoints.finish(db) });
  });
}

interface ReadBefore {
  guard: Evidence['guard'];
  replay: Replay;
  tree: RecomputedTree;
  checkpoints: Evidence['checkpoints'];
}

async function gather(
  db: Queryable,
  identity: LedgerIdentity,
  { guard, replay, tree, checkpoints }: ReadBefore,
): Promise<GatheredEvidence> {
  const state = await readLogState(db);
  const { rows: clock } = await db.query<{ time: number }>('SELECT time FROM clocks ORDER BY index DESC LIMIT 1');
  return {
    tree,
    state,
    checkpoints,
    guard,
    replay,
    disclosures: await auditDisclosures(db),
    catalogue: await compareCatalogue(db),
    lotsAt: await lotsAtDamage(db, tree, replay),
    signedAfterAll: await signedAfterAll(db, identity, replay),
    now: clock[0]?.time ?? null,
  };
}

/** Adds the sizes whose roots the state and the guard have; returns the number of entries. */
async function addSizes(db: Queryable, guard: Evidence['guard'], sizes: Set<number>): Promise<number> {
  const { rows: last } = await db.query<{ end: number }>('SELECT COALESCE(max(index) + 1, 0) AS end FROM entries');
  const end = last[0]?.end ?? 0;
  const state = await readLogState(db);
  for (const size of [end, state?.size, guard?.size]) if (size !== undefined) sizes.add(size);
  return end;
}

/** Returns lots with an event at a damaged entry, because the entry itself may be forged or missing. */
async function lotsAtDamage(db: Queryable, tree: RecomputedTree, replay: Replay): Promise<Map<number, string[]>> {
  const indices = [
    ...tree.altered.map(({ index }) => index),
    ...tree.tiles.flatMap(({ entries }) => entries),
    ...tree.forks.map(({ index }) => index),
    ...replay.entries.map(({ index }) => index),
  ];
  const runs = [...tree.missing, { from: tree.size, to: Number.MAX_SAFE_INTEGER }];
  const { rows } = await db.query<{ index: number; lot: string }>(
    `SELECT index, lot FROM (SELECT index, lot FROM lot_events UNION ALL SELECT index, lot FROM attestations) AS named
      WHERE index = ANY($1::bigint[])
         OR EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) AS run (low, high) WHERE index >= low AND index < high)
      ORDER BY index LIMIT ${LOTS_NAMED}`,
    [indices, runs.map(({ from }) => from), runs.map(({ to }) => to)],
  );
  const lots = new Map<number, string[]>();
  for (const { index, lot } of rows) lots.set(index, [...new Set([...(lots.get(index) ?? []), lot])]);
  return lots;
}

/** Excludes entries that the replay calls invalid only because their key's registration is damaged. */
async function signedAfterAll(db: Queryable, identity: LedgerIdentity, replay: Replay): Promise<Set<number>> {
  const indices = replay.entries.filter(({ kind }) => kind === 'signature').map(({ index }) => index);
  const sound = new Set<number>();
  if (indices.length === 0) return sound;
  const { rows } = await db.query<{ index: number; jws: string }>(
    'SELECT index, jws FROM entries WHERE index = ANY($1::bigint[])',
    [indices],
  );
  for (const { index, jws } of rows) if (await signatureHolds(db, identity, jws)) sound.add(index);
  return sound;
}
