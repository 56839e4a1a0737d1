import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { JudgeAgain } from '../../../src/server/verification/audit/rebuild/judge-again.js';
import { ReEvaluate } from '../../../src/server/verification/judging/re-evaluate.js';
import { StepSize } from '../../../src/server/verification/judging/step-size.js';
import { TestLedger } from '../../support/test-ledger.js';

const parameters = RuleParameters.load(null);
let ledger: TestLedger;

const cursor = async (): Promise<Record<string, unknown> | undefined> =>
  (await ledger.database.rows('SELECT rules, again, again_until FROM verification_cursor'))[0];
const openFindings = (): Promise<Record<string, unknown>[]> =>
  ledger.database.rows("SELECT rule FROM findings WHERE status = 'open' ORDER BY rule");
const reEvaluate = (): ReEvaluate => new ReEvaluate(ledger.database, ledger.verifier(), parameters);

/** The tables that an audit would find to differ. */
async function differing(): Promise<string[]> {
  const follower = new JudgeAgain(ledger.database, ledger.identity, ledger.clock, parameters);
  const { differences } = await replayLog(ledger.database, ledger.identity, { follower });
  return [...new Set(differences.map(({ table }) => table))];
}

beforeAll(async () => {
  ledger = await TestLedger.open();
  const lot = await ledger.declare('48.6');
  await ledger.dispatch(lot);
  await ledger.receive(lot, '60');
  await ledger.declareMany(20);
  await ledger.verifier().verify();
});
afterAll(() => ledger.close());

describe('rules that have changed since entries were judged', () => {
  it('are not found where this process judged the first entries before it looked', async () => {
    await reEvaluate().begin();
    expect(await cursor()).toMatchObject({ again: null, again_until: null });
  });

  it('are noted where nothing was judged by others', async () => {
    await ledger.tamper("UPDATE verification_cursor SET rules = 'the first'");
    await reEvaluate().begin('the first');
    expect(await cursor()).toEqual({ rules: 'the first', again: null, again_until: null });
  });

  it('judge every older entry anew, step by step, and the audit waits until they have', async () => {
    expect(await openFindings()).toEqual([{ rule: 'mass-gained' }]);
    // As if the older rules had not found it.
    await ledger.tamper('DELETE FROM findings');
    expect(await differing()).toEqual(['findings']);
    await ledger.tamper("UPDATE verification_cursor SET rules = 'older', again = 0, again_until = next");
    expect(await differing()).toEqual([]);
    const [stored] = await ledger.database.rows<{ next: number }>('SELECT next FROM verification_cursor');
    expect(await ledger.verifier().judgeOlder(new StepSize(5))).toBe((stored?.next ?? 0) - 5);
    expect(await cursor()).toEqual({ rules: 'older', again: 5, again_until: stored?.next });
    expect(await openFindings()).toEqual([]);

    // A process that starts with the same rules goes on; one with others begins anew.
    const resumed = reEvaluate();
    await resumed.begin('older');
    await resumed.idle();
    expect(await cursor()).toEqual({ rules: 'older', again: null, again_until: null });
    expect(await openFindings()).toEqual([{ rule: 'mass-gained' }]);
    expect(await differing()).toEqual([]);
  });

  it('begin anew where a process with newer rules starts', async () => {
    await ledger.tamper('DELETE FROM findings');
    const newer = reEvaluate();
    await newer.begin('newer');
    await newer.idle();
    expect(await cursor()).toEqual({ rules: 'newer', again: null, again_until: null });
    expect(await openFindings()).toEqual([{ rule: 'mass-gained' }]);
  });

  it('take back what only the older ones found', async () => {
    await ledger.tamper("UPDATE findings SET status = 'closed', closed_at = 1 WHERE rule = 'mass-gained'");
    await ledger.tamper(`INSERT INTO findings (id, fingerprint, rule, version, severity, status, subject, cause, root, lots, events,
        measured, threshold, detail, first_opened, opened_at, parameters)
      SELECT gen_random_uuid(), 'x', 'mass-lost', 1, 'high', 'open', subject, 'x', root, lots, events, '', '', '', 0, 0, 1 FROM findings`);
    const newer = reEvaluate();
    await newer.begin('newest');
    await newer.idle();
    expect(await openFindings()).toEqual([{ rule: 'mass-gained' }]);
  });

  it('leave no finding that is of an older version: one that says so was changed', async () => {
    await ledger.tamper("DELETE FROM findings WHERE fingerprint = 'x'");
    const newest = reEvaluate();
    await newest.begin();
    await newest.idle();
    expect(await differing()).toEqual([]);
    const older = "version = version - 1, status = 'closed', closed_at = 1";
    await ledger.tamper(`UPDATE findings SET ${older} WHERE rule = 'mass-gained'`);
    expect(await differing()).toEqual(['findings']);
    await ledger.tamper("UPDATE verification_cursor SET rules = 'another'");
    expect(await differing()).toEqual([]);
  });
});
