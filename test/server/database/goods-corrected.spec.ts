import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { GoodsNamed0111 } from '../../../migrations/0111-goods-named.js';
import { GoodsCorrected0150 } from '../../../migrations/0150-goods-corrected.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

const filed = (): Promise<unknown[]> =>
  ledger.database.rows(
    `SELECT subject, index::int FROM filings WHERE subject LIKE 'seal:%' OR subject LIKE 'container:%' ORDER BY subject, index`,
  );

it('files an old log under the seals that corrections gave, as the workers do with a new one', async () => {
  const lot = await ledger.declare('50');
  const sent = await ledger.record('custody.dispatched', 'coop', { to: 'trader', seals: ['SL-1'], lots: [{ lot }] });
  const other = await ledger.declare('50');
  const unchanged = await ledger.record('custody.dispatched', 'coop', {
    to: 'trader',
    seals: ['SL-2'],
    lots: [{ lot: other }],
  });
  await ledger.record('event.corrected', 'coop', {
    event: sent.id,
    field: '/seals',
    was: ['SL-1'],
    is: ['SL-9'],
    reason: 'misread',
  });
  await ledger.verifier().verify();
  const before = await filed();
  expect(before).toEqual(
    expect.arrayContaining([
      { subject: 'seal:SL-9', index: sent.index },
      { subject: 'seal:SL-2', index: unchanged.index },
    ]),
  );

  // As a release before 0111 left it.
  await ledger.tamper("DELETE FROM filings WHERE subject LIKE 'seal:%' OR subject LIKE 'container:%'");
  const runner = {
    query: (sql: string, values: unknown[]) => ledger.database.rows(sql, values),
  } as unknown as QueryRunner;
  await new GoodsNamed0111().up(runner);
  const without = await filed();
  expect(without).not.toContainEqual({ subject: 'seal:SL-9', index: sent.index });
  await new GoodsCorrected0150().up(runner);
  expect(await filed()).toEqual([...without, { subject: 'seal:SL-9', index: sent.index }]);
  expect(await filed()).toEqual(expect.arrayContaining(before));
  await new GoodsCorrected0150().up(runner);
  expect(await filed()).toHaveLength(without.length + 1);
});
