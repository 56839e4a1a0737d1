import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertDesk } from '../../support/alert-desk.js';
import { TestLedger } from '../../support/test-ledger.js';

describe('an alert', () => {
  let ledger: TestLedger;
  let desk: AlertDesk;

  beforeEach(async () => {
    ledger = await TestLedger.open();
    desk = new AlertDesk(ledger);
  });
  afterEach(() => ledger.close());

  const redInspection = (): Promise<unknown> =>
    ledger.record('site.inspected', 'agent', { site: 'hill', date: '2026-05-01', certification: 3, activity: 1 });

  it('is one for all lots of a site that was red, and says for how many it stands', async () => {
    await ledger.declareMany(300);
    await redInspection();
    const told = await desk.notify();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      type: 'alert.opened',
      alert: { rule: 'site-status', severity: 'critical', count: 300, group: { by: 'site', value: 'hill' } },
    });
    const [alert] = await desk.list();
    expect(alert?.lots).toHaveLength(20);
    expect(alert?.finding).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is told again when it grows, but ever more rarely, and shows where each event stands in the log', async () => {
    await ledger.declareMany(2);
    await redInspection();
    expect(await desk.notify()).toMatchObject([{ type: 'alert.opened', alert: { count: 2 } }]);
    const lot = await ledger.declare('20');
    expect(await desk.notify()).toEqual([]);
    const waits = await ledger.database.rows<{ wait: number }>(
      'SELECT EXTRACT(EPOCH FROM tell_at - told_at)::double precision AS wait FROM alerts',
    );
    expect(waits[0]?.wait).toBeGreaterThan(3);
    await ledger.database.rows('UPDATE alerts SET tell_at = now()');
    const [grown] = await desk.notified();
    expect(grown).toMatchObject({ type: 'alert.updated', alert: { count: 3, lots: expect.arrayContaining([lot]) } });
    const { evidence, links } = grown?.alert ?? { evidence: [], links: null };
    const first = evidence[0];
    const [stored] = await ledger.database.rows('SELECT index FROM entries WHERE id = $1', [first?.event]);
    expect(stored).toEqual({ index: first?.index });
    expect(first?.receipt).toBe(`https://ledger.example.org/v1/events/${first?.event}/receipt`);
    expect(links).toMatchObject({
      rule: 'https://ledger.example.org/rules/site-status',
      bundle: expect.stringMatching(/^https:\/\/ledger\.example\.org\/v1\/lots\/[0-9a-f-]{36}\/bundle$/),
    });
  });

  it('that came and went before anybody heard of it is not told', async () => {
    const lot = await ledger.declare('40');
    await ledger.dispatch(lot);
    await ledger.receive(lot, '44');
    await ledger.verifier().verify();
    await desk.raising.raise();
    await ledger.database.rows(
      "UPDATE findings SET status = 'closed', closed_at = 0, change = nextval('finding_changes')",
    );
    await desk.raising.raise();
    expect(await desk.notified()).toEqual([]);
    expect(await desk.list({ status: 'resolved' })).toHaveLength(1);
  });

  it('is resolved when its cause goes, and regressed when that comes back', async () => {
    await ledger.declareMany(1);
    await redInspection();
    const [opened] = await desk.notify();
    const close = "UPDATE findings SET status = 'closed', closed_at = 0, change = nextval('finding_changes')";
    await ledger.database.rows(close);
    expect(await desk.notify()).toMatchObject([{ type: 'alert.resolved', alert: { id: opened?.alert.id, count: 0 } }]);
    await ledger.database.rows(
      "UPDATE findings SET status = 'open', closed_at = NULL, change = nextval('finding_changes')",
    );
    expect(await desk.notify()).toMatchObject([
      { type: 'alert.regressed', alert: { id: opened?.alert.id, status: 'open', regressed: true, count: 1 } },
    ]);
  });

  it('that the desk has resolved opens again by a new finding, and by nothing else', async () => {
    await ledger.declareMany(2);
    await redInspection();
    const [opened] = await desk.notify();
    await desk.changes.change(opened?.alert.id ?? '', 'resolved', { by: 'Grace', note: 'asked the inspector' });
    expect(await desk.notify()).toMatchObject([{ type: 'alert.resolved', alert: { status: 'resolved', count: 2 } }]);
    expect(await desk.notify()).toEqual([]);
    expect((await desk.alerts.read(opened?.alert.id ?? '')).changes).toMatchObject([
      { status: 'resolved', by: 'Grace', note: 'asked the inspector' },
    ]);
    await ledger.declare('20');
    expect(await desk.notify()).toMatchObject([{ type: 'alert.regressed', alert: { count: 3, regressed: true } }]);
  });
});

describe('a broken root', () => {
  let ledger: TestLedger;
  let desk: AlertDesk;

  beforeEach(async () => {
    ledger = await TestLedger.open();
    desk = new AlertDesk(ledger);
  });
  afterEach(() => ledger.close());

  /** A heap of two bags that gains a fifth on its way; gives the heap. */
  async function faultyHeap(bags: string[]): Promise<string> {
    const { lots } = await ledger.record('lot.aggregated', 'coop', {
      inputs: bags.map((lot) => ({ lot })),
      outputs: [{ mass: { value: '40', uom: 'KGM' } }],
    });
    const [heap = ''] = lots;
    await ledger.dispatch(heap);
    await ledger.receive(heap, '48');
    return heap;
  }

  it('holds back the alerts on what was made of it, and counts them', async () => {
    const bags = [await ledger.declare('20'), await ledger.declare('20')];
    await ledger.record('site.inspected', 'agent', { site: 'hill', date: '2026-05-01', certification: 3, activity: 1 });
    const heap = await faultyHeap(bags);
    const told = await desk.notify();
    expect(told.map(({ alert }) => alert.rule)).toEqual(['site-status']);
    expect(await desk.list()).toMatchObject([{ rule: 'site-status', inhibited: 1, descendants: 1 }]);
    expect(await desk.list({ inhibited: 'only' })).toMatchObject([
      { rule: 'mass-gained', inhibitedBy: told[0]?.alert.id, lots: [heap] },
    ]);
  });

  it('is found also after what was made of it has been told', async () => {
    const bags = [await ledger.declare('20'), await ledger.declare('20')];
    await faultyHeap(bags);
    expect((await desk.notify()).map(({ alert }) => alert.rule)).toEqual(['mass-gained']);
    await ledger.record('site.inspected', 'agent', { site: 'hill', date: '2026-05-01', certification: 3, activity: 1 });
    expect(await desk.notify()).toMatchObject([{ alert: { rule: 'site-status' } }]);
    expect(await desk.list()).toMatchObject([{ rule: 'site-status', inhibited: 1 }]);
  });

  it('lets them speak for themselves once it is resolved', async () => {
    const bags = [await ledger.declare('20'), await ledger.declare('20')];
    await ledger.record('site.inspected', 'agent', { site: 'hill', date: '2026-05-01', certification: 3, activity: 1 });
    await faultyHeap(bags);
    const [root] = await desk.notify();
    await desk.changes.change(root?.alert.id ?? '', 'resolved', {});
    const told = await desk.notify();
    expect(told.map(({ type, alert }) => `${type} ${alert.rule}`).toSorted()).toEqual([
      'alert.opened mass-gained',
      'alert.resolved site-status',
    ]);
  });
});
