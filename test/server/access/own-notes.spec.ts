import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { ListFindings, findingsQuery } from '../../../src/server/verification/findings/list-findings.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { HookReceiver } from '../../support/hook-receiver.js';
import { TestLedger } from '../../support/test-ledger.js';

const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read', 'alerts'] });
const coop = actor('coop');
const trader = actor('trader');
const everyone: Viewer = { kind: 'everyone' };
/** Those whom notes of coop do not concern. */
const others = [trader, everyone];

let ledger: TestLedger;
let desk: AlertDesk;
let id: string;
let lot: string;

/** A lot that trader received with more than coop sent: an alert that both see. */
beforeEach(async () => {
  ledger = await TestLedger.open();
  desk = new AlertDesk(ledger);
  lot = await ledger.declare('40');
  await ledger.dispatch(lot);
  await ledger.receive(lot, '44');
  await desk.notify();
  id = (await desk.list())[0]?.id ?? '';
});
afterEach(() => ledger.close());

const read = (viewer: Viewer) => asViewer(viewer, () => desk.alerts.read(id));
const listed = async (viewer: Viewer, status: string): Promise<number> =>
  (await asViewer(viewer, () => desk.list({ status }))).length;

describe('what an actor decides about an alert', () => {
  it('is shown to itself alone, and told to nobody', async () => {
    const before = await Promise.all(others.map(read));
    await asViewer(coop, () => desk.changes.assign(id, { assignee: 'Grace', note: 'hers' }));
    expect(await asViewer(coop, () => desk.changes.change(id, 'acknowledged', { by: 'Grace' }))).toMatchObject({
      status: 'acknowledged',
      assignee: 'Grace',
    });
    expect(await read(coop)).toMatchObject({
      status: 'acknowledged',
      assignee: 'Grace',
      changes: [
        { status: 'acknowledged', by: 'coop: Grace', assignee: null },
        { status: 'open', note: 'hers', assignee: 'Grace' },
      ],
    });
    const [toTrader, toEveryone] = await Promise.all(others.map(read));
    expect(toTrader).toEqual(before[0]);
    expect(toEveryone).toMatchObject({ ...before[1], changes: [{ by: 'coop: Grace' }, { by: 'coop' }] });
    expect(await desk.notify()).toEqual([]);
    expect([await listed(coop, 'open'), await listed(coop, 'acknowledged')]).toEqual([0, 1]);
    for (const viewer of others) expect(await listed(viewer, 'open')).toBe(1);
    const [row] = await ledger.database.rows('SELECT status, assignee FROM alerts');
    expect(row).toEqual({ status: 'open', assignee: null });
    await asViewer(coop, () => desk.changes.assign(id, { assignee: null }));
    expect(await read(coop)).toMatchObject({ status: 'acknowledged', assignee: null });
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
  });

  it('stands until one of its findings opens again', async () => {
    await asViewer(coop, () => desk.changes.change(id, 'resolved', {}));
    expect(await read(coop)).toMatchObject({ status: 'resolved' });
    const again = await asViewer(coop, () => desk.changes.change(id, 'acknowledged', {}));
    expect(again).toMatchObject({ status: 'resolved' });
    await asViewer(trader, () => desk.changes.change(id, 'acknowledged', {}));
    await ledger.tamper(
      `UPDATE findings SET status = 'closed', closed_at = opened_at, change = nextval('finding_changes') WHERE rule = 'mass-gained'`,
    );
    await desk.raising.raise();
    for (const viewer of [coop, trader]) expect(await read(viewer)).toMatchObject({ status: 'resolved' });
    await ledger.tamper(
      `UPDATE findings SET status = 'open', closed_at = NULL, change = nextval('finding_changes') WHERE rule = 'mass-gained'`,
    );
    await desk.raising.raise();
    for (const viewer of [coop, trader]) expect(await read(viewer)).toMatchObject({ status: 'open' });
  });

  it('ends its own escalations and no others', async () => {
    const hooks = await HookReceiver.start();
    const late = (viewer: Viewer, path: string) =>
      asViewer(viewer, () => desk.subscribe({ url: `${hooks.base}/${path}`, escalateAfterMinutes: 5 }));
    await late(coop, 'coop');
    await late(trader, 'trader');
    await ledger.tamper('UPDATE routing_cursor SET number = 0');
    await desk.notices.route();
    await asViewer(coop, () => desk.changes.change(id, 'acknowledged', {}));
    await ledger.database.query('UPDATE deliveries SET next_at = now()');
    await desk.deliver(desk.deliverer());
    expect(hooks.received.map(({ path }) => path)).toEqual(['/trader']);
    expect(await ledger.database.rows('SELECT status FROM deliveries ORDER BY status')).toEqual([
      { status: 'delivered' },
      { status: 'dropped' },
    ]);
    expect(await read(coop)).toMatchObject({ escalatedAt: null });
    expect(await read(everyone)).toMatchObject({ escalatedAt: null });
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
    await hooks.stop();
  });

  it('is in the journal with its owner', async () => {
    await asViewer(coop, () => desk.changes.change(id, 'acknowledged', {}));
    await ledger.tamper(`UPDATE alert_changes SET owner = 'trader'`);
    expect(await ledger.journalAudit().check()).toMatchObject([{ table: 'alert_changes' }]);
  });
});

describe('a note on a finding', () => {
  it('of an actor is shown to it alone', async () => {
    const list = new ListFindings(ledger.database, new LotRights(ledger.database));
    const find = async (viewer: Viewer) =>
      (await asViewer(viewer, () => list.list(findingsQuery.parse({ limit: 10, lot })))).items[0];
    const finding = (await find(coop))?.id ?? '';
    const noted = await asViewer(coop, () => list.respond(finding, { acknowledged: true, assignee: 'Grace' }));
    expect(noted).toMatchObject({ assignee: 'Grace', acknowledgedAt: expect.any(String) });
    expect(await find(coop)).toMatchObject({ assignee: 'Grace', acknowledgedAt: noted.acknowledgedAt });
    for (const viewer of others) expect(await find(viewer)).toMatchObject({ assignee: null, acknowledgedAt: null });
    await asViewer(trader, () => list.respond(finding, { assignee: 'Ben' }));
    await list.respond(finding, { acknowledged: true });
    expect(await asViewer(coop, () => list.respond(finding, { assignee: null }))).toMatchObject({
      assignee: null,
      acknowledgedAt: noted.acknowledgedAt,
    });
    expect(await find(trader)).toMatchObject({ assignee: 'Ben', acknowledgedAt: null });
    await expect(asViewer(actor('mallory'), () => list.respond(finding, { acknowledged: true }))).rejects.toMatchObject(
      { code: 'not-found' },
    );
  });
});
