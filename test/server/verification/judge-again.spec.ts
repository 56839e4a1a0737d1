import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Difference } from '../../../src/server/ledger/compare-projections.js';
import { RuleParameters } from '../../../src/server/rule-parameters.js';
import { replayLog } from '../../../src/server/ledger/replay.js';
import { JudgeAgain } from '../../../src/server/verification/judge-again.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let sold: string;

/** What judging the log again shows to be wrong. */
async function differences(): Promise<Difference[]> {
  const follower = new JudgeAgain(ledger.database, ledger.identity, ledger.clock, RuleParameters.load(null));
  return (await replayLog(ledger.database, ledger.identity, { follower })).differences;
}

const recordFindings = (): Promise<Record<string, unknown>[]> =>
  ledger.database.query(
    `SELECT rule, subject, lots, status FROM findings WHERE rule LIKE 'record-%' AND status = 'open' ORDER BY subject`,
  );

beforeAll(async () => {
  ledger = await TestLedger.open();
  sold = await ledger.declare('48.6');
  await ledger.dispatch(sold);
  await ledger.submit('custody.dispatched', 'coop', { to: 'mallory', lots: [{ lot: sold, prev: ledger.head(sold) }] });
  await ledger.record('custody.received', 'trader', {
    from: 'coop',
    lots: [{ lot: sold, mass: { value: '60', uom: 'KGM' } }],
  });
  await ledger.verifier().verify();
});
afterAll(() => ledger.close());

describe('a finding that was closed in the database', () => {
  it('is found by the next audit, with its lot, though more is recorded', async () => {
    expect(await differences()).toEqual([]);
    const [finding] = await ledger.database.query<{ id: string }>(
      "SELECT id FROM findings WHERE rule = 'double-sale-attempt' AND status = 'open'",
    );
    await ledger.tamper("UPDATE findings SET status = 'closed', closed_at = 1 WHERE rule = 'double-sale-attempt'");
    await ledger.declare('50');
    await ledger.verifier().verify();
    await ledger.auditor().audit();
    expect(await recordFindings()).toEqual([
      {
        rule: 'record-projection-differs',
        subject: `findings id=${finding?.id}`,
        lots: [sold],
        status: 'open',
      },
    ]);
    expect(await ledger.outcome.whyDegraded()).toContain(`Table findings id=${finding?.id}`);
    await ledger.tamper("UPDATE findings SET status = 'open', closed_at = NULL WHERE rule = 'double-sale-attempt'");
    await ledger.auditor().audit();
    expect(await recordFindings()).toEqual([]);
    expect(await ledger.outcome.whyDegraded()).toBeNull();
  });
});

describe('a trigger that swallows what audits find', () => {
  it('is named, and what was found is said though it is not stored', async () => {
    await ledger.tamper(
      `CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.rule LIKE 'record-%' THEN RETURN NULL; END IF; RETURN NEW; END $$;
       CREATE TRIGGER quiet BEFORE INSERT ON findings FOR EACH ROW EXECUTE FUNCTION swallow()`,
    );
    const { faults } = await ledger.auditor().audit();
    expect(faults).toBe(2);
    expect(await recordFindings()).toEqual([]);
    const said = await ledger.outcome.whyDegraded();
    expect(said).toContain('2 faults');
    expect(said).toContain('function swallow()');
    expect(said).toContain('could not be stored');
    await ledger.tamper('DROP FUNCTION swallow() CASCADE');
    await ledger.auditor().audit();
    expect(await ledger.outcome.whyDegraded()).toBeNull();
  });
});
