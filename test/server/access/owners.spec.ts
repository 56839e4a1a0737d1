import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/core/access/owner.js';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { changedSubscription, newSubscription } from '../../../src/core/api/alerts/subscription.js';
import { ListDeliveries, deliveriesQuery } from '../../../src/server/delivery/list-deliveries.js';
import { Redeliver } from '../../../src/server/delivery/redeliver.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { noJobs } from '../../../src/server/queue/jobs.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { HookReceiver } from '../../support/hook-receiver.js';
import { TestLedger } from '../../support/test-ledger.js';

const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read', 'alerts'] });
const operator: Viewer = { kind: 'operator', scopes: ['read', 'alerts'] };
const everyone: Viewer = { kind: 'everyone' };
const page = { limit: 100 };
const NO_ID = '00000000-0000-8000-8000-000000000000';
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

let ledger: TestLedger;
let desk: AlertDesk;
let hooks: HookReceiver;
let deliveries: ListDeliveries;
let redeliver: Redeliver;

beforeEach(async () => {
  ledger = await TestLedger.open();
  desk = new AlertDesk(ledger);
  hooks = await HookReceiver.start();
  deliveries = new ListDeliveries(ledger.database);
  redeliver = new Redeliver(ledger.database, desk.notices, ledger.journal, noJobs);
});
afterEach(async () => {
  await hooks.stop();
  await ledger.close();
});

/** Subscribes for a viewer; the messages arrive at a path of its own. */
const subscribe = (viewer: Viewer, path: string, more: Record<string, unknown> = {}) =>
  asViewer(viewer, () => desk.subscribe({ url: `${hooks.base}/${path}`, ...more }));

/** A lot that coop declared and trader received with more than was sent: a critical alert. */
async function sold(): Promise<string> {
  const lot = await ledger.declare('40');
  await ledger.dispatch(lot);
  await ledger.receive(lot, '44');
  return lot;
}

/** The types of the messages that are on their way to a subscriber. */
const told = async ({ id }: { id: string }): Promise<string[]> => (await desk.deliveries(id)).map(({ type }) => type);

const bodies = (path: string): Record<string, unknown>[] =>
  hooks.at(`/${path}`).map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('a subscription', () => {
  it('is shown to its owner alone, changed by it alone, and for others as if it did not exist', async () => {
    const own = await subscribe(actor('coop'), 'coop');
    const ways: ((id: string) => Promise<unknown>)[] = [
      (id) => desk.subscriptions.read(id),
      (id) => desk.subscriptions.change(id, changedSubscription.parse({ label: 'taken' })),
      (id) => desk.subscriptions.rotateSecret(id),
      (id) => redeliver.test(id),
      (id) => redeliver.since(id, '2020-01-01T00:00:00Z'),
      (id) => desk.subscriptions.unsubscribe(id),
    ];
    for (const viewer of [actor('trader'), operator])
      for (const way of ways) {
        const missing = await asViewer(viewer, () => way(NO_ID)).catch((error: unknown) => error);
        const foreign = await asViewer(viewer, () => way(own.id)).catch((error: unknown) => error);
        expect(foreign).toMatchObject({ code: 'not-found', detail: `There is no subscription ${own.id}.` });
        expect(missing).toMatchObject({ code: 'not-found', detail: `There is no subscription ${NO_ID}.` });
      }
    for (const viewer of [actor('trader'), operator])
      expect((await asViewer(viewer, () => desk.subscriptions.list(page))).items).toEqual([]);
    expect((await asViewer(everyone, () => desk.subscriptions.list(page))).items).toMatchObject([{ id: own.id }]);
    await ledger.database.query(`UPDATE deliveries SET status = 'delivered'`);
    for (const way of ways) await asViewer(actor('coop'), () => way(own.id));
    expect((await asViewer(actor('coop'), () => desk.subscriptions.list(page))).items).toEqual([]);
  });

  it('of an open ledger is managed by the operator, which has its own too', async () => {
    const old = await desk.subscribe();
    const own = await subscribe(operator, 'operator');
    const { items } = await asViewer(operator, () => desk.subscriptions.list(page));
    expect(items.map(({ id }) => id)).toEqual([old.id, own.id]);
    expect((await asViewer(actor('coop'), () => desk.subscriptions.list(page))).items).toEqual([]);
    const rows = await ledger.database.rows('SELECT owner FROM subscriptions ORDER BY created_at');
    expect(rows).toEqual([{ owner: null }, { owner: OPERATOR }]);
  });

  it('filters by no lot that its owner may not see, and by no other holder', async () => {
    const lot = await sold();
    const asked = (filters: object) => newSubscription.parse({ channel: 'webhook', url: `${hooks.base}/x`, filters });
    const refused = (pointer: string, detail: string) => ({ code: 'request-invalid', errors: [{ pointer, detail }] });
    const asMallory = (filters: object): Promise<unknown> =>
      asViewer(actor('mallory'), () => desk.subscriptions.subscribe(asked(filters)));
    for (const id of [lot, NO_ID])
      await expect(asMallory({ lots: [id] })).rejects.toMatchObject(refused('/filters/lots', `There is no lot ${id}.`));
    await expect(asMallory({ holder: 'trader' })).rejects.toMatchObject(
      refused('/filters/holder', 'You may name no other holder than yourself.'),
    );
    const silence = { until: inAnHour(), reason: 'a known scale' };
    await expect(
      asViewer(actor('mallory'), () => desk.silences.silence({ filters: { lots: [lot] }, ...silence })),
    ).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(asViewer(actor('mallory'), () => desk.list({ lot }))).rejects.toMatchObject({
      code: 'request-invalid',
    });
    await asMallory({ holder: 'mallory' });
    await asViewer(actor('coop'), () => desk.subscriptions.subscribe(asked({ lots: [lot] })));
  });
});

describe('a notification', () => {
  it('is sent to those who may see its alert, and the alerts on the record to the operator', async () => {
    const names = ['coop', 'trader', 'mallory', 'agent', 'registrar'];
    const subscribed = new Map<string, { id: string }>();
    for (const name of names) subscribed.set(name, await subscribe(actor(name), name));
    subscribed.set('operator', await subscribe(operator, 'operator'));
    subscribed.set('open', await desk.subscribe());
    const lot = await sold();
    await desk.notify();
    for (const [name, subscription] of subscribed) {
      const sees = ['coop', 'trader', 'agent', 'registrar', 'open'].includes(name);
      const isSeen = await asViewer(name === 'open' ? everyone : name === 'operator' ? operator : actor(name), () =>
        desk.list(),
      );
      expect([name, await told(subscription)]).toEqual([name, isSeen.length > 0 ? ['alert.opened'] : []]);
      if (['coop', 'trader', 'open'].includes(name)) expect(sees && isSeen.length > 0).toBe(true);
      if (['mallory', 'operator'].includes(name)) expect(isSeen).toEqual([]);
    }
    await ledger.tamper(`UPDATE lots SET mass = '1' WHERE id = $1`, [lot]);
    await ledger.auditor().audit();
    await ledger.database.query(`UPDATE alerts SET lots = '{}' WHERE rule LIKE 'record-%'`);
    const [damage] = await desk.notify();
    expect(damage?.alert.rule).toBe('record-projection-differs');
  });

  it('is sent to the holder of what was made of its lot, and not to who handed that on before', async () => {
    const [one, other] = [await ledger.declare('40'), await ledger.declare('30')];
    const inputs = [{ lot: one }, { lot: other }];
    const outputs = [{ mass: { value: '70', uom: 'KGM' } }];
    const [heap = ''] = (await ledger.record('lot.aggregated', 'coop', { inputs, outputs })).lots;
    await ledger.dispatch(heap);
    await ledger.receive(heap, '70');
    const [trader, mallory] = [
      await subscribe(actor('trader'), 'trader'),
      await subscribe(actor('mallory'), 'mallory'),
    ];
    await ledger.record('incident.reported', 'coop', { category: 'theft', level: 3, lots: [one] });
    const [{ alert } = { alert: null }] = await desk.notify();
    await expect(asViewer(actor('trader'), () => desk.alerts.read(alert?.id ?? ''))).resolves.toMatchObject({
      lots: [one],
    });
    await expect(asViewer(actor('mallory'), () => desk.alerts.read(alert?.id ?? ''))).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await told(trader)).toEqual(['alert.opened']);
    expect(await told(mallory)).toEqual([]);
  });

  it('says what its owner may see when it is sent, and that is stored', async () => {
    const own = await subscribe(actor('coop'), 'coop');
    const all = await desk.subscribe({ url: `${hooks.base}/open` });
    const [mine] = [await sold()];
    await desk.notify();
    const foreign = await ledger.declare('10');
    await ledger.tamper(`DELETE FROM lot_parties WHERE lot = $1`, [foreign]);
    await ledger.tamper(
      `UPDATE notices SET lots = lots || $1::uuid, data = replace(data, '"lots":["' || $2, '"lots":["' || $1::text || '","' || $2)`,
      [foreign, mine],
    );
    await desk.notices.route();
    const [waiting] = (await asViewer(actor('coop'), () => deliveries.list(deliveriesQuery.parse(page)))).items;
    expect(await asViewer(actor('coop'), () => deliveries.read(waiting?.id ?? ''))).toMatchObject({ message: null });
    await desk.deliver(desk.deliverer());
    const [sent] = bodies('coop');
    expect(sent).toMatchObject({ type: 'alert.opened', data: { lots: [mine], events: [], measured: 'not shown' } });
    expect(JSON.stringify(sent)).not.toContain(foreign);
    expect(JSON.stringify(bodies('open'))).toContain(foreign);
    const listed = await asViewer(actor('coop'), () => deliveries.list(deliveriesQuery.parse(page)));
    expect(listed.items).toMatchObject([{ subscription: own.id, status: 'delivered' }]);
    const [delivery] = listed.items;
    expect(await asViewer(actor('coop'), () => deliveries.read(delivery?.id ?? ''))).toMatchObject({ message: sent });
    for (const viewer of [actor('trader'), operator])
      for (const way of [() => deliveries.read(delivery?.id ?? ''), () => redeliver.one(delivery?.id ?? '')])
        await expect(asViewer<Promise<unknown>>(viewer, way)).rejects.toMatchObject({ code: 'not-found' });
    expect((await asViewer(operator, () => deliveries.list(deliveriesQuery.parse(page)))).items).toMatchObject([
      { subscription: all.id },
    ]);
  });

  it('is withheld from an owner that sees nothing of it any more, without a fault of the endpoint', async () => {
    const own = await subscribe(actor('coop'), 'coop');
    const digest = await subscribe(actor('coop'), 'digest', { digestMinutes: 5 });
    const escalated = await subscribe(actor('coop'), 'late', { escalateAfterMinutes: 5 });
    await sold();
    await desk.notify();
    await desk.notices.route();
    await ledger.record('actor.statusChanged', 'registrar', { actor: 'coop', status: 'suspended' });
    await ledger.database.query('UPDATE deliveries SET next_at = now()');
    await desk.deliver(desk.deliverer());
    expect(hooks.received).toEqual([]);
    for (const { id } of [own, digest, escalated]) {
      const { items } = await deliveries.list(deliveriesQuery.parse({ ...page, subscription: id }));
      expect(items).toMatchObject([
        { status: 'exhausted', attempts: [{ failure: 'its owner may no longer see what it is about', nextAt: null }] },
      ]);
      expect(await desk.subscriptions.read(id)).toMatchObject({ failures: 0, enabled: true });
    }
    await ledger.verifier().verify();
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
  });

  it('in a digest or an escalation names what its owner may see alone', async () => {
    await subscribe(actor('coop'), 'digest', { digestMinutes: 5 });
    await subscribe(actor('coop'), 'late', { escalateAfterMinutes: 5 });
    const [first, second] = [await sold(), await sold()];
    await desk.notify();
    await desk.notices.route();
    // What coop may see of the second ends before it was told.
    await ledger.tamper('DELETE FROM lot_parties WHERE lot = $1', [second]);
    await ledger.database.query('UPDATE deliveries SET next_at = now()');
    await desk.deliver(desk.deliverer());
    expect(bodies('digest')).toMatchObject([{ type: 'alert.digest', data: { count: 1, alerts: [{ lots: [first] }] } }]);
    expect(bodies('late')).toMatchObject([{ type: 'alert.escalated', data: { lots: [first] } }]);
  });
});

describe('a silence of an actor', () => {
  it('holds back messages of its owner alone, and is shown and ended by it alone', async () => {
    const [coop, trader] = [await subscribe(actor('coop'), 'coop'), await subscribe(actor('trader'), 'trader')];
    const asked = { filters: { rules: ['mass-gained'] }, until: inAnHour(), reason: 'a known scale' };
    const { id } = await asViewer(actor('coop'), () => desk.silences.silence(asked));
    await sold();
    await desk.notify();
    expect(await told(coop)).toEqual([]);
    expect(await told(trader)).toEqual(['alert.opened']);
    expect(await desk.list()).toMatchObject([{ silencedBy: null }]);
    expect(await asViewer(actor('trader'), () => desk.silences.list(true))).toEqual([]);
    expect(await asViewer(actor('coop'), () => desk.silences.list())).toMatchObject([{ id }]);
    for (const viewer of [actor('trader'), operator])
      await expect(asViewer(viewer, () => desk.silences.end(id))).rejects.toMatchObject({ code: 'not-found' });
    await asViewer(actor('coop'), () => desk.silences.end(id));
    expect(await told(coop)).toEqual([]);
    // What it held back is sent on request.
    const since = new Date(Date.now() - 60_000).toISOString();
    expect(await asViewer(actor('coop'), () => redeliver.since(coop.id, since))).toBe(1);
    expect(await told(coop)).toEqual(['alert.opened']);
  });

  it('of the operator holds back the messages of all', async () => {
    const coop = await subscribe(actor('coop'), 'coop');
    const asked = { filters: { rules: ['mass-gained'] }, until: inAnHour(), reason: 'a known scale' };
    const { id } = await asViewer(operator, () => desk.silences.silence(asked));
    await sold();
    expect(await desk.notify()).toEqual([]);
    await expect(asViewer(actor('coop'), () => desk.silences.end(id))).rejects.toMatchObject({ code: 'not-found' });
    expect(await desk.list()).toMatchObject([{ silencedBy: id }]);
    await asViewer(operator, () => desk.silences.end(id));
    await desk.notify();
    expect(await told(coop)).toEqual(['alert.opened']);
  });
});

describe('the journal', () => {
  it('has the owners of subscriptions and silences', async () => {
    const { id } = await subscribe(actor('coop'), 'coop');
    await ledger.tamper('UPDATE subscriptions SET owner = $1', ['mallory']);
    const found = await ledger.journalAudit().check();
    expect(found).toMatchObject([{ table: 'subscriptions', key: `id=${id}` }]);
  });
});
