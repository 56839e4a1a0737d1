import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Difference } from '../../../src/server/ledger/replay/compare-projections.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { extendIndex } from '../../../src/server/transparency/extend-index.js';
import { readIndexState } from '../../../src/server/transparency/index-rows.js';
import { JudgeAgain } from '../../../src/server/verification/audit/rebuild/judge-again.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { duringReplay } from '../../support/during-replay.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let sold: string;

/** Rows that are compared by one statement: so few that each table takes several. */
const PIECE = 2;

/** What judging the log again shows to be wrong. */
async function differences(): Promise<Difference[]> {
  const parameters = RuleParameters.load(null);
  const follower = new JudgeAgain(ledger.database, ledger.identity, ledger.clock, parameters, PIECE);
  return (await replayLog(ledger.database, ledger.identity, { follower })).differences;
}

const recordFindings = (): Promise<Record<string, unknown>[]> =>
  ledger.database.rows(
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
    const [finding] = await ledger.database.rows<{ id: string }>(
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

/** What somebody with the database could change of what follows from the log, and the table that it is found in. */
const changes: [string, string][] = [
  ['findings', "UPDATE findings SET severity = 'low' WHERE rule = 'double-sale-attempt'"],
  ['findings', "UPDATE findings SET lots = '{}' WHERE rule = 'double-sale-attempt'"],
  ['findings', "UPDATE findings SET status = 'explained' WHERE rule = 'double-sale-attempt'"],
  ['findings', "UPDATE findings SET subject = 'x' WHERE rule = 'double-sale-attempt'"],
  ['findings', "UPDATE findings SET rule = 'record-fork' WHERE rule = 'double-sale-attempt'"],
  ['findings', "DELETE FROM findings WHERE rule = 'double-sale-attempt'"],
  ['finding_answers', "UPDATE finding_answers SET reason = 'another'"],
  ['finding_answers', 'DELETE FROM finding_answers'],
  ['undecided', "INSERT INTO undecided VALUES ('mass-lost', 'x', '{}', 'made up')"],
  ['deadlines', 'DELETE FROM deadlines'],
  ['deadlines', 'UPDATE deadlines SET due_at = due_at + 1'],
  ['filings', "DELETE FROM filings WHERE subject = 'signed-by:coop'"],
  ['filings', "UPDATE filings SET at = at + 1 WHERE subject = 'signed-by:coop'"],
  ['filings', "INSERT INTO filings VALUES ('signed-by:coop', 0, 0, NULL)"],
  ['totals', 'UPDATE totals SET amount = amount + 1'],
  ['totals', 'DELETE FROM totals'],
  ['site_production', 'UPDATE site_production SET mass = mass + 1'],
  ['site_production', 'DELETE FROM site_production'],
  ['site_days', 'UPDATE site_days SET mass = mass + 1'],
  ['site_days', 'DELETE FROM site_days'],
  ['alerts', "UPDATE alerts SET status = 'resolved' WHERE rule = 'double-sale-attempt'"],
  ['alerts', "UPDATE alerts SET open_findings = 0 WHERE rule = 'double-sale-attempt'"],
  ['alerts', "DELETE FROM alerts WHERE rule = 'double-sale-attempt'"],
  ['alert_findings', "UPDATE alert_findings SET state = 'done'"],
  ['alert_findings', 'DELETE FROM alert_findings'],
  ['alert_cursor', 'UPDATE alert_cursor SET change = change + 1000'],
  ['routing_cursor', 'UPDATE routing_cursor SET number = number + 1000'],
  ['notices', "UPDATE notices SET alert = '00000000-0000-8000-8000-000000000000'"],
  ['index_leaves', 'UPDATE index_leaves SET count = count + 1 WHERE key = (SELECT min(key) FROM index_leaves)'],
  ['index_leaves', 'DELETE FROM index_leaves WHERE key = (SELECT max(key) FROM index_leaves)'],
  ['index_nodes', "UPDATE index_nodes SET hash = sha256('') WHERE depth = 0"],
];
/** What a replay reads, so that each of these changes takes a replay of its own. */
const replayed: [string, string][] = [
  ['verification_cursor', 'UPDATE verification_cursor SET next = next + 1'],
  ['index_state', "UPDATE index_state SET root = sha256('')"],
  ['index_state', 'UPDATE index_state SET leaves = leaves + 1'],
];

describe('a row that follows from the log', () => {
  /** What a comparison found after each change, which was made alone and undone. */
  const found = new Map<string, Difference[]>();

  beforeAll(async () => {
    const [finding] = await ledger.database.rows<{ id: string }>("SELECT id FROM findings WHERE rule = 'mass-gained'");
    const answer = { finding: finding?.id, answer: 'explain', reason: 'weighed again' };
    await ledger.record('finding.answered', 'trader', answer);
    await ledger.dispatch(await ledger.declare('30'));
    await ledger.verifier().verify();
    await new AlertDesk(ledger).notify();
    await ledger.database.transaction(async (db) => {
      const size = (await db.query<{ size: number }>('SELECT size FROM log_state')).rows[0]?.size ?? 0;
      await extendIndex(db, ledger.identity.origin, await readIndexState(db), size);
    });
    await duringReplay(
      ledger,
      async (client, compare) => {
        expect(await compare()).toEqual([]);
        for (const [, sql] of changes) {
          // The stored tables, not those that the replay has rebuilt in their shadow.
          await client.query('SAVEPOINT change; SET LOCAL search_path = public, pg_temp');
          expect((await client.query(sql)).rowCount).toBeGreaterThan(0);
          await client.query('SET LOCAL search_path TO DEFAULT');
          found.set(sql, await compare());
          await client.query('ROLLBACK TO SAVEPOINT change');
        }
      },
      PIECE,
    );
  });

  it.each(changes)('of %s is found where it was changed: %s', (table, sql) => {
    expect(found.get(sql)?.map((difference) => difference.table)).toContain(table);
  });

  it.each(replayed)('of %s, on which the replay depends, is found where it was changed: %s', async (table, sql) => {
    expect(await ledger.tamper(`CREATE TABLE kept AS SELECT * FROM ${table}; ${sql}`)).toBeGreaterThan(1);
    const differing = await differences();
    await ledger.tamper(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept; DROP TABLE kept`);
    expect(differing.map((difference) => difference.table)).toContain(table);
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
