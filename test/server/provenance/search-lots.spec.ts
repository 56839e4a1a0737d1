import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JudgeLot } from '../../../src/server/provenance/judge-lot.js';
import { type ListedLot, SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { TraceLineage } from '../../../src/server/provenance/trace-lineage.js';
import { RuleParameters } from '../../../src/server/rule-parameters.js';
import { OPENED, TestLedger } from '../../support/test-ledger.js';

const HOUR = 3_600_000;
const at = (hours: number): string => new Date(OPENED + hours * HOUR).toISOString();

describe('searching lots', () => {
  let ledger: TestLedger;
  let lots: SearchLots;
  let gained = '';
  let parts: string[] = [];

  beforeAll(async () => {
    ledger = await TestLedger.open();
    const { database } = ledger;
    lots = new SearchLots(database, new JudgeLot(database, new TraceLineage(database), RuleParameters.load(null)));
    ledger.clock.setTo(OPENED + HOUR);
    gained = await ledger.declare('50');
    await ledger.dispatch(gained);
    await ledger.receive(gained, '52');
    ledger.clock.setTo(OPENED + 2 * HOUR);
    const parted = await ledger.record('lot.split', 'trader', {
      inputs: [{ lot: gained }],
      outputs: [{ mass: { value: '30', uom: 'KGM' } }, { mass: { value: '22', uom: 'KGM' } }],
    });
    parts = parted.lots;
    ledger.clock.setTo(OPENED + 3 * HOUR);
    await ledger.declareMany(250);
    ledger.clock.setTo(OPENED + 4 * HOUR);
    await ledger.dispatch(await ledger.declare('7'));
    await ledger.verifier().verify();
  });

  afterAll(async () => {
    await ledger.close();
  });

  const page = async (query: Record<string, string>): Promise<{ items: ListedLot[]; next: string | null }> =>
    lots.search(lotsQuery.parse(query));
  /** All pages of it, and how many there were. */
  async function all(query: Record<string, string>): Promise<{ ids: string[]; pages: number }> {
    const ids: string[] = [];
    let cursor: string | null = '';
    let pages = 0;
    for (; cursor !== null; pages += 1) {
      const found: { items: ListedLot[]; next: string | null } = await page({
        ...query,
        ...(cursor === '' ? {} : { cursor }),
      });
      ids.push(...found.items.map(({ id }) => id));
      cursor = found.next;
    }
    return { ids, pages };
  }

  it('finds them by when the log took them in', async () => {
    expect((await all({ to: at(1) })).ids).toEqual([]);
    expect((await all({ from: at(1), to: at(2) })).ids).toEqual([gained]);
    expect(new Set((await all({ from: at(1), to: at(3) })).ids)).toEqual(new Set([gained, ...parts]));
    expect((await all({ from: at(3), to: at(4), limit: '100' })).ids).toHaveLength(250);
    expect((await all({ from: at(4) })).ids).toHaveLength(1);
    expect((await all({ from: at(5) })).ids).toEqual([]);
  });

  it('finds by a site what was made of its lots, too', async () => {
    const found = await all({ site: 'hill', to: at(3) });
    expect(new Set(found.ids)).toEqual(new Set([gained, ...parts]));
    expect((await all({ site: 'valley' })).ids).toEqual([]);
  });

  it('finds them by each verdict, wherever among the others they stand', async () => {
    const risky = await all({ risk: 'critical' });
    expect(new Set(risky.ids)).toEqual(new Set([gained, ...parts]));
    expect(risky.pages).toBe(3);
    const { items, next } = await page({ risk: 'critical' });
    expect([items, typeof next]).toEqual([[], 'string']);
    expect((await page({ custody: 'open' })).items).toMatchObject([{ verdicts: { custody: 'open' } }]);
    expect((await all({ record: 'broken' })).ids).toEqual([]);
    expect((await all({ record: 'intact', limit: '100' })).ids).toHaveLength(254);
    expect((await all({ risk: 'critical', site: 'hill', to: at(2), custody: 'complete' })).ids).toEqual([gained]);
  });

  it('fills a page of those that fit, and goes on where it ended', async () => {
    const first = await page({ risk: 'critical', to: at(3), limit: '2' });
    expect(first.items).toHaveLength(2);
    const second = await page({ risk: 'critical', to: at(3), limit: '2', cursor: String(first.next) });
    expect([second.items.map(({ id }) => id), second.next]).toEqual([[gained], null]);
  });
});
