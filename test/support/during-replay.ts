import type { Queryable } from '../../src/server/database/rows.js';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { Database } from '../../src/server/database/database.js';
import type { Difference } from '../../src/server/ledger/replay/compare-projections.js';
import { type ReplayFollower, compareRebuilt, replayLog } from '../../src/server/ledger/replay/replay.js';
import { JudgeAgain } from '../../src/server/verification/audit/rebuild/judge-again.js';
import type { TestLedger } from './test-ledger.js';

/** Compares as an audit does; returns what differs. */
export type Compare = () => Promise<Difference[]>;

/**
 * Replays the log, and runs work in the session of the replay once it has rebuilt what an audit rebuilds: work changes
 * stored rows behind a savepoint and compares again and again, where each replay would take as long as all comparisons.
 * @param piece rows of a table that one statement of the comparison reads.
 */
export async function duringReplay(
  ledger: TestLedger,
  work: (client: Queryable, compare: Compare) => Promise<void>,
  piece?: number,
): Promise<void> {
  const { identity, clock, behind } = ledger;
  const database = new Database({ url: behind.superuserUrl, failed: () => undefined, patient: true });
  const judge = new JudgeAgain(database, identity, clock, RuleParameters.load(null), piece);
  const journal = ledger.journalAudit();
  const follower: ReplayFollower = {
    begin: (client) => judge.begin(client),
    follow: (client, to, rest) => judge.follow(client, to, rest),
    compare: async (client) => {
      await client.query("SET LOCAL ROLE NONE; SET LOCAL session_replication_role = 'replica'");
      await work(client, async () => [
        ...(await compareRebuilt(client, { follower: judge })).differences,
        ...(await journal.compare(client, null)).differences,
      ]);
      return { differences: [], truncated: false };
    },
  };
  try {
    await replayLog(writable(database), identity, { follower });
  } finally {
    await database.onApplicationShutdown();
  }
}

/** The same database, in whose snapshots rows can be changed; a replay's own are read-only. */
function writable(database: Database): Database {
  const session: Database['session'] = (work, options) =>
    database.session(
      (inner) =>
        work(
          Object.assign(Object.create(inner) as typeof inner, {
            snapshot: <T>(inSnapshot: (db: Queryable) => Promise<T>) =>
              inner.transaction(async (db) => {
                await db.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
                return inSnapshot(db);
              }),
          }),
        ),
      options,
    );
  return Object.assign(Object.create(database) as Database, { session });
}
