import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { JudgeAgain } from '../../../src/server/verification/audit/rebuild/judge-again.js';
import { StepSize } from '../../../src/server/verification/judging/step-size.js';
import { TestLedger } from '../../support/test-ledger.js';
import { findingsOfWhole, storedFindings } from '../../support/two-judges.js';

let ledger: TestLedger;
const receipts: string[] = [];

const SUBJECT = 'series:deliveries:coop/trader/cassiterite';
const ofSeries = async (): Promise<string[]> =>
  (await storedFindings(ledger)).filter((line) => line.includes('deliveries-one-sided'));
const items = (): Promise<Record<string, unknown>[]> =>
  ledger.database.rows(
    'SELECT amount::text AS amount, whole::text AS whole FROM filings WHERE subject = $1 ORDER BY index',
    [SUBJECT],
  );

async function deliver(arrived: string): Promise<void> {
  const lot = await ledger.declare('100');
  await ledger.dispatch(lot);
  const { id } = await ledger.receive(lot, arrived);
  receipts.push(id);
}

async function differing(): Promise<string[]> {
  const follower = new JudgeAgain(ledger.database, ledger.identity, ledger.clock, RuleParameters.load(null));
  const { differences } = await replayLog(ledger.database, ledger.identity, { follower });
  return [...new Set(differences.map(({ table }) => table))];
}

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

it('keeps one finding of a series that grows, whatever is judged together, as the whole log at once has it', async () => {
  for (let i = 0; i < 3; i += 1) {
    await deliver('97.8');
    await ledger.verifier().verify();
  }
  expect(await ofSeries()).toEqual([]);
  await deliver('97.8');
  await deliver('97.6');
  await ledger.verifier().verify();
  const found = await ofSeries();
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('2.24 % in 5 deliveries');
  for (const id of receipts) expect(found[0]).toContain(id);
  expect(await storedFindings(ledger)).toEqual(await findingsOfWhole(ledger));
  expect(await differing()).toEqual([]);
});

it('is judged anew when a weight is corrected, and closes when enough are', async () => {
  const correct = async (n: number): Promise<void> => {
    const masses = { was: { value: '97.8', uom: 'KGM' }, is: { value: '99.7', uom: 'KGM' } };
    const mended = { field: '/lots/0/mass', ...masses, reason: 'Read from the wrong line' };
    await ledger.record('event.corrected', 'trader', { event: receipts[n], ...mended });
    await ledger.verifier().verify();
  };
  await correct(1);
  expect((await items())[1]).toEqual({ amount: '-300000', whole: '100000000' });
  expect(await ofSeries()).toEqual((await findingsOfWhole(ledger)).filter((line) => line.includes('one-sided')));
  await correct(2);
  expect(await ofSeries()).toEqual([]);
  expect(await storedFindings(ledger)).toEqual(await findingsOfWhole(ledger));
});

it('loses an item whose entry is in it no more, when that is judged again', async () => {
  const before = await items();
  await ledger.tamper("UPDATE filings SET subject = 'series:deliveries:coop/mallory/cassiterite' WHERE subject = $1", [
    SUBJECT,
  ]);
  await ledger.tamper("UPDATE verification_cursor SET rules = 'older', again = 0, again_until = next");
  const size = new StepSize(500);
  while ((await ledger.anotherVerifier().judgeOlder(size)) > 0);
  expect(await items()).toEqual(before);
  expect(await ledger.database.rows("SELECT FROM filings WHERE subject LIKE '%mallory/cass%'")).toEqual([]);
  expect(await differing()).toEqual([]);
});
