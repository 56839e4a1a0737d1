import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Pace, replayLog } from '../../../src/server/ledger/replay/replay.js';
import { explain } from '../../../src/server/verification/audit/audit-faults.js';
import { gatherEvidence } from '../../../src/server/verification/audit/gather-evidence.js';
import { TestLedger } from '../../support/test-ledger.js';
import { until } from '../../support/until.js';

const AT_FIRST = 1_500;
const MEANWHILE = 1_200;
/** Where the size is of no matter. */
const FEW = 200;
const BATCH = 100;
/** Entries that a replay takes together. */
const PIECE = 500;

describe('an audit of a log that grows meanwhile', () => {
  let ledger: TestLedger;

  beforeEach(async () => {
    ledger = await TestLedger.open();
  });

  afterEach(async () => {
    await ledger.close();
  });

  const size = async (): Promise<number> => {
    const [state] = await ledger.database.rows<{ size: number }>('SELECT size FROM log_state');
    return state?.size ?? 0;
  };

  /** Appends so many entries, each hundred under a checkpoint of its own, when it is called first. */
  const growing = (): { pace: Pace; seen: { done: number; of: number }[] } => {
    const seen: { done: number; of: number }[] = [];
    const pace: Pace = async (done, of) => {
      if (seen.length === 0) for (let added = 0; added < MEANWHILE; added += BATCH) await ledger.declareMany(BATCH);
      seen.push({ done, of });
    };
    return { pace, seen };
  };

  it('replays what was appended at the same pace, and leaves the snapshot no more than a piece', async () => {
    await ledger.declareMany(AT_FIRST);
    const { pace, seen } = growing();
    const before = await size();
    let rests = 0;
    const rest = async (): Promise<void> => void (rests += 1);
    const replay = await replayLog(ledger.database, ledger.identity, { pace, rest });
    // Lots, their events and parties, and what is filed by subject, have more rows than one piece.
    expect(rests).toBe(4);
    expect(replay).toMatchObject({ size: before + MEANWHILE, entries: [], differences: [] });
    const [snapshot, ...paced] = seen.toReversed();
    expect(snapshot).toEqual({ done: before + MEANWHILE, of: before + MEANWHILE });
    expect(paced[0]?.done).toBeGreaterThanOrEqual(before + MEANWHILE - PIECE);
  });

  it('finds what differs in any piece of a table: a change, a row too many, and one that is gone', async () => {
    await ledger.declareMany(AT_FIRST + MEANWHILE);
    const lots = await ledger.database.rows<{ id: string }>('SELECT id FROM lots ORDER BY id');
    const [first, middle, last] = [lots[0]?.id, lots[2_100]?.id, lots.at(-1)?.id];
    const beyond = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
    await ledger.tamper('UPDATE lots SET mass = mass + 1 WHERE id = $1', [middle]);
    await ledger.tamper('DELETE FROM lots WHERE id = ANY($1::uuid[])', [[first, last]]);
    await ledger.tamper(
      "INSERT INTO lots SELECT (json_populate_record(l, json_build_object('id', $1::text))).* FROM lots AS l WHERE id = $2",
      [beyond, middle],
    );
    const { differences } = await replayLog(ledger.database, ledger.identity);
    expect(differences.map(({ key, column }) => [key, column])).toEqual([
      [`id=${first}`, null],
      [`id=${middle}`, 'mass'],
      [`id=${last}`, null],
      [`id=${beyond}`, null],
    ]);
  });

  it('finds the same in a thread of its own, and ends there when it is stopped', async () => {
    await ledger.declareMany(FEW);
    await ledger.tamper('UPDATE lots SET mass = mass + 1 WHERE born_index = 100');
    const auditor = ledger.auditor(FEW);
    expect(await auditor.audit()).toMatchObject({ size: await size(), faults: 1 });
    const slow = auditor.auditSlowly(3_600_000);
    auditor.onModuleDestroy();
    expect(await slow).toBeNull();
  });

  it('ends also within a statement, so that a stop does not wait for it', async () => {
    await ledger.declareMany(FEW);
    const auditor = ledger.auditor(FEW);
    await ledger.tamper('BEGIN');
    await ledger.tamper('LOCK TABLE entries IN ACCESS EXCLUSIVE MODE');
    try {
      const slow = auditor.auditSlowly(3_600_000);
      await until(async () => {
        const waiting = await ledger.database.rows(
          `SELECT 1 FROM pg_locks JOIN pg_database AS d ON d.oid = database
            WHERE relation = 'entries'::regclass AND datname = current_database() AND NOT granted`,
        );
        return waiting.length > 0;
      });
      auditor.onModuleDestroy();
      expect(await slow).toBeNull();
    } finally {
      await ledger.tamper('ROLLBACK');
    }
  });

  it('holds every root that was signed meanwhile against the tree', async () => {
    await ledger.declareMany(AT_FIRST);
    const { pace, seen } = growing();
    const evidence = await gatherEvidence(ledger.database, ledger.identity, ledger.guard.read(), { tree: pace });
    expect(seen.at(-1)?.of).toBe(evidence.tree.size);
    expect(evidence.checkpoints.doubtful).toEqual([]);
    expect(evidence.checkpoints.commits).toBe(evidence.state?.epoch);
    expect(explain(evidence)).toEqual([]);

    const forged = evidence.tree.size - BATCH;
    await ledger.tamper('UPDATE checkpoints SET root = sha256(root) WHERE size = $1', [forged]);
    const after = await gatherEvidence(ledger.database, ledger.identity, ledger.guard.read());
    expect(explain(after)).toEqual([expect.objectContaining({ subject: `checkpoints size=${forged}` })]);
  });

  it('reads the checkpoints in pieces, and again those that were not signed when they were read first', async () => {
    await ledger.declareMany(AT_FIRST);
    for (let i = 0; i < 300; i += 1) await ledger.declareMany(1);
    const note = await ledger.database.rows<{ size: number; note: string }>(
      'SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1 OFFSET 40',
    );
    await ledger.tamper('UPDATE checkpoints SET note = NULL WHERE size = $1', [note[0]?.size]);
    let pieces = 0;
    const checkpoints = async (): Promise<void> => {
      pieces += 1;
      await ledger.tamper('UPDATE checkpoints SET note = $2 WHERE size = $1', [note[0]?.size, note[0]?.note]);
    };
    const evidence = await gatherEvidence(ledger.database, ledger.identity, ledger.guard.read(), { checkpoints });
    expect(pieces).toBe(1);
    expect(evidence.checkpoints).toMatchObject({ commits: evidence.state?.epoch, signed: evidence.tree.size });
    expect(explain(evidence)).toEqual([]);
  });
});
