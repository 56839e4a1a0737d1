import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { FindTag } from '../../../src/server/provenance/find-tag.js';
import { FormerLot } from '../../../src/server/provenance/former-lot.js';
import { JudgeLot } from '../../../src/server/provenance/judge-lot.js';
import { JudgeLots } from '../../../src/server/provenance/judge-lots.js';
import { ListLotEvents } from '../../../src/server/provenance/list-lot-events.js';
import { ListStock } from '../../../src/server/provenance/list-stock.js';
import { ReadLot } from '../../../src/server/provenance/read-lot.js';
import { ReportLot } from '../../../src/server/provenance/report-lot.js';
import { SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { TraceImpact } from '../../../src/server/provenance/trace-impact.js';
import { TraceLineage } from '../../../src/server/provenance/trace-lineage.js';
import { ListFindings, findingsQuery } from '../../../src/server/verification/findings/list-findings.js';
import { TestLedger } from '../../support/test-ledger.js';

const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read'] });
const everyone: Viewer = { kind: 'everyone' };
const outsiders: readonly Viewer[] = [
  actor('mallory'),
  actor('stranger'),
  { kind: 'nobody' },
  { kind: 'operator', scopes: ['read'] },
  {
    kind: 'share',
    share: 's',
    by: 'coop',
    lot: '00000000-0000-8000-8000-000000000001',
    until: null,
    disclosures: false,
    expiresAt: '2099-01-01T00:00:00Z',
  },
];
const page = { limit: 100 };

let ledger: TestLedger;
let rights: LotRights;
let lots: ReadLot;
let reports: ReportLot;
let search: SearchLots;
let chains: ListLotEvents;
let lineage: TraceLineage;
let impact: TraceImpact;
let findings: ListFindings;
let stock: ListStock;
let tags: FindTag;

beforeAll(async () => {
  ledger = await TestLedger.open();
  const { database } = ledger;
  rights = new LotRights(database);
  lineage = new TraceLineage(database, rights);
  const parameters = RuleParameters.load(null);
  const judge = new JudgeLot(database, lineage, parameters);
  const former = new FormerLot(database, ledger.identity);
  lots = new ReadLot(database, judge, rights, former);
  reports = new ReportLot(lots);
  search = new SearchLots(database, new JudgeLots(database, lineage, parameters), former);
  chains = new ListLotEvents(database, rights);
  impact = new TraceImpact(database, rights);
  findings = new ListFindings(database, rights);
  stock = new ListStock(database);
  tags = new FindTag(database, rights);
});

afterAll(() => ledger.close());

const idsFor = async (viewer: Viewer, query: object = {}): Promise<string[]> =>
  (await asViewer(viewer, () => search.search(lotsQuery.parse({ ...page, ...query })))).items.map(({ id }) => id);

/** A lot that coop declared and trader received; they weighed it differently, which is a finding. */
async function sold(tag: string): Promise<string> {
  const lot = await ledger.declare('50', { tags: [tag] });
  await ledger.dispatch(lot);
  await ledger.receive(lot, '47');
  await ledger.verifier().verify();
  return lot;
}

const sell = (lot: string): Promise<unknown> =>
  ledger.record('custody.dispatched', 'trader', { to: 'mallory', lots: [{ lot }] });

describe('a lot', () => {
  it('is shown to its holder, and by no way to a viewer without a part in it', async () => {
    const lot = await sold('SYN-A-1');
    const ways: (() => Promise<unknown>)[] = [
      () => lots.state(lot),
      () => reports.report(lot),
      () => chains.list(lot, page),
      () => lineage.trace(lot, 'upstream', 4),
      () => lineage.trace(lot, 'downstream', 4),
      () => impact.trace(lot),
      () => findings.list(findingsQuery.parse({ ...page, lot })),
    ];
    for (const way of ways) await expect(asViewer(actor('trader'), way)).resolves.toBeTruthy();
    for (const viewer of outsiders)
      for (const way of ways)
        await expect(asViewer(viewer, way)).rejects.toMatchObject({
          code: 'not-found',
          detail: `There is no lot ${lot}.`,
        });
    for (const viewer of outsiders) {
      expect(await idsFor(viewer)).not.toContain(lot);
      expect(await idsFor(viewer, { name: lot.slice(0, 8) })).toEqual([]);
      await expect(asViewer(viewer, () => tags.sight('SYN-A-1'))).rejects.toMatchObject({ code: 'not-found' });
      expect((await asViewer(viewer, () => stock.list({ ...page, holder: 'trader' }))).items).toEqual([]);
      expect((await asViewer(viewer, () => findings.list(findingsQuery.parse(page)))).items).toEqual([]);
    }
    expect((await asViewer(actor('trader'), () => stock.list(page))).items).not.toEqual([]);
  });

  it('is shown to who handed it on as it was then, whatever happened later', async () => {
    const lot = await sold('SYN-A-2');
    const then = await asViewer(everyone, () => lots.state(lot));
    await ledger.record('lot.measured', 'trader', {
      lots: [{ lot, moisturePercent: '4', mass: { value: '46', uom: 'KGM' } }],
    });
    await sell(lot);
    await ledger.verifier().verify();
    const seen = await asViewer(actor('coop'), () => lots.state(lot));
    const { verdicts, asOf, ...state } = seen;
    const { verdicts: _then, asOf: before, ...stateThen } = then;
    expect(state).toEqual(stateThen);
    expect(asOf.size).toBeLessThanOrEqual(before.size);
    expect(verdicts.custody).not.toBe('open');
    expect((await asViewer(actor('coop'), () => chains.list(lot, page))).items).toHaveLength(3);
    expect(await idsFor(actor('coop'))).not.toContain(lot);
    expect(await idsFor(actor('coop'), { part: 'former' })).toContain(lot);
    const whole: (() => Promise<unknown>)[] = [() => lineage.trace(lot, 'upstream', 4), () => impact.trace(lot)];
    for (const way of whole) await expect(asViewer(actor('coop'), way)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await idsFor(actor('mallory'))).toContain(lot);
  });

  it('is shown to the holder of what was made of it', async () => {
    const inputs = [{ lot: await sold('SYN-A-3') }, { lot: await sold('SYN-A-4') }];
    const outputs = [{ mass: { value: '94', uom: 'KGM' } }];
    const [heap = ''] = (await ledger.record('lot.aggregated', 'trader', { inputs, outputs })).lots;
    const [input] = inputs;
    await expect(asViewer(actor('mallory'), () => lots.state(input?.lot ?? ''))).rejects.toMatchObject({
      code: 'not-found',
    });
    await sell(heap);
    expect(await asViewer(actor('mallory'), () => lots.state(input?.lot ?? ''))).toMatchObject({ status: 'consumed' });
    expect((await asViewer(actor('mallory'), () => lineage.trace(heap, 'upstream', 4))).nodes).toHaveLength(3);
    await expect(asViewer(actor('coop'), () => lots.state(heap))).rejects.toMatchObject({ code: 'not-found' });
    const below = await asViewer(actor('trader'), () => lineage.trace(input?.lot ?? '', 'downstream', 4));
    expect(below.nodes.map(({ lot }) => lot)).toContain(heap);
  });
});

describe('what a lot was made of', () => {
  it('is not shown to a carrier of the lot, and to an authority where it was all in its country', async () => {
    const inputs = [{ lot: await sold('SYN-A-5') }, { lot: await sold('SYN-A-6') }];
    const outputs = [{ mass: { value: '94', uom: 'KGM' } }];
    const [heap = ''] = (await ledger.record('lot.aggregated', 'trader', { inputs, outputs })).lots;
    await ledger.record('custody.dispatched', 'trader', { to: 'mallory', carrier: 'carrier', lots: [{ lot: heap }] });
    await ledger.verifier().verify();
    const whole: (() => Promise<unknown>)[] = [
      () => rights.requireWhole(heap),
      () => lineage.trace(heap, 'upstream', 4),
      () => impact.trace(heap),
    ];
    for (const way of whole) {
      await expect(asViewer(actor('carrier'), way)).rejects.toMatchObject({ code: 'not-allowed' });
      for (const other of ['trader', 'mallory', 'agent'])
        await expect(asViewer(actor(other), way)).resolves.not.toBeNull();
    }
    const [input] = inputs;
    await expect(asViewer(actor('carrier'), () => lots.state(input?.lot ?? ''))).rejects.toMatchObject({
      code: 'not-found',
    });
    const [seen, all] = await Promise.all(
      ['carrier', 'mallory'].map((who) => asViewer(actor(who), () => reports.report(heap))),
    );
    expect(all?.findings.some((finding) => finding.lots.includes(input?.lot ?? ''))).toBe(true);
    expect(JSON.stringify(seen?.findings)).not.toContain(input?.lot);
    expect(seen?.findings.every((finding) => finding.lots.length === 0 || finding.lots.includes(heap))).toBe(true);
    expect(seen?.verdicts).toEqual(all?.verdicts);
  });
});

describe('a finding', () => {
  it('that names lots of others shows neither them nor its texts, but that there are some', async () => {
    const own = await sold('SYN-A-9');
    await ledger.register('rival', 'miner');
    const ridge = { site: 'ridge', country: 'RW', operator: 'rival', minerals: ['cassiterite'] };
    await ledger.record('site.registered', 'registrar', ridge);
    const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '40', uom: 'KGM' } }];
    const rivals = await ledger.record('lot.declared', 'rival', { place: { site: 'ridge' }, outputs });
    const [foreign = ''] = rivals.lots;
    await ledger.tamper(`UPDATE findings SET lots = lots || $1::uuid WHERE lots = ARRAY[$2::uuid]`, [foreign, own]);
    const all = await asViewer(everyone, () => findings.list(findingsQuery.parse({ ...page, lot: own })));
    const shared = all.items.find(({ lots: named }) => named.includes(foreign));
    expect(shared).toBeDefined();
    const seen = await asViewer(actor('coop'), () => findings.byId(shared?.id ?? ''));
    expect(JSON.stringify(seen)).not.toContain(foreign);
    expect(seen).toMatchObject({ lots: [own], events: [], severity: shared?.severity });
    expect(seen.detail).toContain('lots that you may not see');
    await expect(asViewer(actor('mallory'), () => findings.byId(shared?.id ?? ''))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
