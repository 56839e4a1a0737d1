import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ListStock, stockQuery } from '../../../src/server/provenance/list-stock.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { FormerLot } from '../../../src/server/provenance/former-lot.js';
import { JudgeLots } from '../../../src/server/provenance/judge-lots.js';
import { SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { TraceLineage } from '../../../src/server/provenance/trace-lineage.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import type { ListedLot } from '../../../src/core/api/lot.js';
import { OPENED, TestLedger } from '../../support/test-ledger.js';

const HOUR = 3_600_000;
const at = (hours: number): string => new Date(OPENED + hours * HOUR).toISOString();

describe('searching lots', () => {
  let ledger: TestLedger;
  let lots: SearchLots;
  let gained = '';
  let parts: string[] = [];
  let tagged = '';

  beforeAll(async () => {
    ledger = await TestLedger.open();
    const { database } = ledger;
    const lineage = new TraceLineage(database, new LotRights(database));
    const former = new FormerLot(database, ledger.identity);
    lots = new SearchLots(database, new JudgeLots(database, lineage, RuleParameters.load(null)), former);
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
    tagged = await ledger.declare('3', { tags: ['RW-A000042'], lotNumber: 'LOT/7' });
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
    expect((await all({ from: at(4) })).ids).toHaveLength(2);
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
    expect((await all({ record: 'intact', limit: '100' })).ids).toHaveLength(255);
    expect((await all({ risk: 'critical', site: 'hill', to: at(2), custody: 'complete' })).ids).toEqual([gained]);
  });

  it('fills a page of those that fit, and goes on where it ended', async () => {
    const first = await page({ risk: 'critical', to: at(3), limit: '2' });
    expect(first.items).toHaveLength(2);
    const second = await page({ risk: 'critical', to: at(3), limit: '2', cursor: String(first.next) });
    expect([second.items.map(({ id }) => id), second.next]).toEqual([[gained], null]);
  });

  it('finds them by what people call them: id, the beginning of it, tag, lot number', async () => {
    const named = async (name: string): Promise<string[]> => (await all({ name })).ids;
    expect(await named(tagged)).toEqual([tagged]);
    expect(await named(tagged.slice(0, 8))).toEqual([tagged]);
    expect(await named(tagged.slice(0, 8).toUpperCase())).toEqual([tagged]);
    expect(await named(tagged.slice(0, 19))).toEqual([tagged]);
    expect(await named('RW-A000042')).toEqual([tagged]);
    expect(await named('LOT/7')).toEqual([tagged]);
    for (const name of ['RW-A00004', tagged.slice(0, 7), 'lot/7', '%', 'zzzzzzzz'])
      expect(await named(name)).toEqual([]);
  });

  it('finds what is on its way to an actor, and adds up what actors have', async () => {
    const coming = await all({ inTransitTo: 'trader' });
    expect(coming.ids).toHaveLength(1);
    const stock = new ListStock(ledger.database);
    const firstPage = await stock.list(stockQuery.parse({ limit: '1' }));
    const kg = (value: string): object => ({ value, uom: 'KGM' });
    expect(firstPage.items).toEqual([
      {
        holder: 'coop',
        mineral: 'cassiterite',
        form: 'concentrate',
        held: { lots: 1, mass: kg('3') },
        sent: { lots: 1, mass: kg('7') },
        onHold: 0,
      },
    ]);
    const secondPage = await stock.list(stockQuery.parse({ limit: '1', cursor: firstPage.next ?? '' }));
    expect(secondPage).toMatchObject({
      items: [{ holder: 'coop', form: 'ore', held: { lots: 250, mass: kg('250') } }],
    });
    const one = await stock.list(stockQuery.parse({ holder: 'trader' }));
    expect(one).toMatchObject({
      items: [{ holder: 'trader', held: { lots: 2, mass: kg('52') }, sent: { lots: 0, mass: kg('0') } }],
      next: null,
    });
  });

  it('reads names, stock and what is awaited by an index, not the whole table', async () => {
    const { behind } = ledger;
    const client = new pg.Client({ connectionString: behind.superuserUrl });
    await client.connect();
    try {
      await client.query('ANALYZE lots; ANALYZE tag_uses; SET enable_seqscan = off');
      const plan = async (sql: string): Promise<string> =>
        (await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`)).rows
          .map((row) => row['QUERY PLAN'])
          .join('\n');
      expect(
        await plan(`SELECT holder, mineral, form, sum(mass) FROM lots
                     WHERE status IN ('held', 'inTransit') AND (holder, mineral, form) > ('', '', '') AND holder = 'coop'
                     GROUP BY holder, mineral, form ORDER BY holder, mineral, form LIMIT 51`),
      ).toMatch(/using lots_stock|on lots_stock/);
      expect(
        await plan("SELECT * FROM lots WHERE in_transit_to = 'trader' ORDER BY born_index DESC, id DESC LIMIT 51"),
      ).toContain('lots_awaited');
    } finally {
      await client.end();
    }
  });
});
