import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { ListedLot, Verdicts } from '../../../src/core/api/lot.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { FormerLot } from '../../../src/server/provenance/former-lot.js';
import { JudgeLot } from '../../../src/server/provenance/judge-lot.js';
import { JudgeLots } from '../../../src/server/provenance/judge-lots.js';
import { SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { TraceLineage } from '../../../src/server/provenance/trace-lineage.js';
import { ListRegistry } from '../../../src/server/registry/list-registry.js';
import type { ReadEvent } from '../../../src/server/ledger/read/read-event.js';
import { GatherDesk } from '../../../src/server/web/desk/gather-desk.js';
import { GatherEvents } from '../../../src/server/web/desk/gather-events.js';
import { eventData } from '../../../src/server/web/event-data.js';
import type { DeskData } from '../../../src/web/desk/desk-data.js';
import { TestLedger } from '../../support/test-ledger.js';

/** Lots of the cooperative: more than the desk shows at once. */
const HELD = 150;
const SHOWN = 100;

let ledger: TestLedger;
let desk: GatherDesk;
let search: SearchLots;
let many: JudgeLots;
let one: JudgeLot;
/** Made of lots of which one has a finding, and of one on its way. */
let mixed = '';

const kilograms = (value: string) => ({ value, uom: 'KGM' });

beforeAll(async () => {
  ledger = await TestLedger.open();
  const { database } = ledger;
  const parameters = RuleParameters.load(null);
  const lineage = new TraceLineage(database, new LotRights(database));
  many = new JudgeLots(database, lineage, parameters);
  one = new JudgeLot(database, lineage, parameters);
  search = new SearchLots(database, many, new FormerLot(database, ledger.identity));
  desk = new GatherDesk(search, many, new ListRegistry(database));
  const unknown = await ledger.declare('20', { tags: ['SYN-X-1'] });
  const known = await ledger.declare('20', { tags: ['SYN-M-4411'] });
  const made = await ledger.record('lot.aggregated', 'coop', {
    inputs: [{ lot: unknown }, { lot: known }],
    outputs: [{ mass: kilograms('40') }],
  });
  mixed = made.lots[0] ?? '';
  const [half = ''] = (
    await ledger.record('lot.split', 'coop', {
      inputs: [{ lot: mixed }],
      outputs: [{ mass: kilograms('15') }, { mass: kilograms('25') }],
    })
  ).lots;
  await ledger.dispatch(half);
  await ledger.declareMany(HELD);
  await ledger.verifier().verify();
});
afterAll(() => ledger.close());

const gather = (actor: string, from: Parameters<GatherDesk['gather']>[1] = {}): Promise<DeskData> =>
  asViewer({ kind: 'actor', actor, scopes: ['read'] }, () => desk.gather(actor, from));

/** Counts the statements that some work sends to the database. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const prototype = pg.Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const { query } = prototype;
  let count = 0;
  prototype.query = function counted(...given) {
    count += 1;
    return query.apply(this, given);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return count;
}

const allLots = async (): Promise<ListedLot[]> => (await search.search(lotsQuery.parse({ limit: 100 }))).items;

describe('the lists of the desk', () => {
  it('come in parts, which are as many as the desk says', async () => {
    const first = await gather('coop');
    expect([first.stock.lots.length, first.stock.count, first.stock.more]).toEqual([SHOWN, SHOWN, true]);
    expect(first.outgoing).toMatchObject({ count: 1, more: false, next: null });
    const second = await gather('coop', { stock: first.stock.next ?? '' });
    expect([second.stock.lots.length, second.stock.count, second.stock.more]).toEqual([HELD + 1 - SHOWN, SHOWN, true]);
    expect(second.stock.next).toBeNull();
    const shown = new Set([...first.stock.lots, ...second.stock.lots].map(({ id }) => id));
    expect(shown.size).toBe(HELD + 1);
    expect((await gather('trader')).incoming).toMatchObject({ count: 1, lots: [{ judged: { risk: 'high' } }] });
  });

  it('need as many statements for a hundred lots as for one', async () => {
    // The connections of the pools are open after the first call.
    await gather('coop');
    const forMany = await statementsOf(() => gather('coop'));
    const forFew = await statementsOf(() => gather('trader'));
    expect(forMany).toBe(forFew);
    expect(forMany).toBeLessThan(25);
    expect(await statementsOf(async () => many.verdicts((await allLots()).slice(0, 90)))).toBeLessThan(10);
  });
});

describe('judging many lots', () => {
  /** Returns verdicts as they are computed for each lot alone. */
  async function alone(lots: readonly ListedLot[]): Promise<Map<string, Verdicts>> {
    const judged = new Map<string, Verdicts>();
    for (const { id, status } of lots)
      judged.set(id, (await one.judge(id, status === 'inTransit', await one.version())).verdicts);
    return judged;
  }

  it('says of each what is said of it alone, whatever part of it is considered at once', async () => {
    const rows = await ledger.database.rows<{ id: string; status: ListedLot['status'] }>(
      'SELECT id, status FROM lots ORDER BY born_index LIMIT 10',
    );
    const lots = rows as ListedLot[];
    const expected = await alone(lots);
    expect(expected.get(mixed)).toMatchObject({ risk: 'high' });
    expect(new Set([...expected.values()].map((verdicts) => JSON.stringify(verdicts))).size).toBeGreaterThan(2);
    expect(await many.verdicts(lots)).toEqual(expected);
    // No lot has more than three flows into it and its ancestors; all together have five.
    expect(await many.verdicts(lots, 4)).toEqual(expected);
    expect(await many.verdicts([])).toEqual(new Map());
  });
});

describe('the form of a dispute', () => {
  it('is for the actors that the event names: the page of the event links to it for no other, and the address refuses others', async () => {
    const lot = await ledger.declare('20');
    const { id } = await ledger.dispatch(lot);
    const [row] = await ledger.database.rows<{ jws: string }>('SELECT jws FROM entries WHERE id = $1', [id]);
    const stored = { id, index: 0, event: `${row?.jws ?? ''}~`, recordedAt: '2026-05-12T09:31:00Z' };
    const read = { event: () => Promise.resolve(stored) } as unknown as ReadEvent;
    const events = new GatherEvents(read, ledger.database, ledger.identity);
    expect((await events.dispute('trader', id)).fixed).toEqual({ event: id });
    await expect(events.dispute('smelter', id)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(eventData(stored, null).named).toEqual(['trader']);
    expect(eventData({ ...stored, event: 'altered' }, null).named).toEqual([]);
  });
});
