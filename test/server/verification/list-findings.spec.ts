import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AditError } from '../../../src/core/errors.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { ListFindings, findingsQuery } from '../../../src/server/verification/findings/list-findings.js';
import { findingShape } from '../../../src/core/api/finding.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let list: ListFindings;
const lots: string[] = [];

beforeAll(async () => {
  ledger = await TestLedger.open();
  list = new ListFindings(ledger.database, new LotRights(ledger.database));
  for (const mass of ['50.2', '51', '52']) {
    const lot = await ledger.declare('50');
    await ledger.dispatch(lot);
    await ledger.receive(lot, mass);
    lots.push(lot);
  }
  await ledger.verifier().verify();
});

afterAll(async () => {
  await ledger.close();
});

describe('listing findings', () => {
  it('gives them page by page, none twice', async () => {
    const first = await list.list(findingsQuery.parse({ limit: '1' }));
    expect(first.items).toHaveLength(1);
    const second = await list.list(findingsQuery.parse({ limit: '1', cursor: first.next }));
    expect(second.next).toBeNull();
    const seen = [...first.items, ...second.items];
    expect(new Set(seen.flatMap((finding) => finding.lots))).toEqual(new Set([lots[1], lots[2]]));
    for (const finding of seen) expect(findingShape.parse(finding)).toEqual(finding);
  });

  it('filters by rule, severity, status and lot', async () => {
    const count = async (query: Record<string, string>): Promise<number> =>
      (await list.list(findingsQuery.parse(query))).items.length;
    expect(await count({ rule: 'mass-gained', severity: 'critical', status: 'open' })).toBe(2);
    expect(await count({ lot: lots[0] ?? '' })).toBe(0);
    expect(await count({ lot: lots[2] ?? '' })).toBe(1);
    expect(await count({ status: 'closed' })).toBe(0);
    expect(await count({ severity: 'low' })).toBe(0);
    expect(await count({ rule: 'tag-reused' })).toBe(0);
  });

  it('gives one by its id, and says when there is none', async () => {
    const { items } = await list.list(findingsQuery.parse({}));
    expect(await list.byId(items[0]?.id ?? '')).toEqual(items[0]);
    await expect(list.byId('00000000-0000-4000-8000-000000000000')).rejects.toThrow(AditError);
  });
});
