import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changedSubscription } from '../../../src/core/api/alerts/subscription.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { TestLedger } from '../../support/test-ledger.js';

describe('who is told', () => {
  let ledger: TestLedger;
  let desk: AlertDesk;

  beforeEach(async () => {
    ledger = await TestLedger.open();
    desk = new AlertDesk(ledger);
  });
  afterEach(() => ledger.close());

  /** Forty kilograms that arrive as forty-four: one critical alert, on this lot. */
  async function faulty(): Promise<string> {
    const lot = await ledger.declare('40');
    await ledger.dispatch(lot);
    await ledger.receive(lot, '44');
    return lot;
  }

  const types = async (subscription: { id: string }): Promise<string[]> =>
    (await desk.deliveries(subscription.id)).map(({ type }) => type);

  it('is nobody while the row of the cursor is missing, which is an error and no endless loop', async () => {
    await desk.subscribe();
    await faulty();
    await desk.notify();
    await ledger.tamper('DELETE FROM routing_cursor');
    await expect(desk.notices.route()).rejects.toThrow('The row that holds the cursor of the deliveries is missing.');
    expect(await ledger.database.rows('SELECT FROM deliveries')).toEqual([]);
  });

  it('is who asked for it, by rule, group, severity, mineral, site or country; once', async () => {
    const asked = [
      {},
      { rules: ['mass-gained', 'tag-reused'] },
      { groups: ['mass'] },
      { minimumSeverity: 'high' },
      { minerals: ['cassiterite'] },
      { sites: ['hill'] },
      { countries: ['RW'] },
    ];
    const others = [
      { rules: ['tag-reused'] },
      { groups: ['record', 'operation'] },
      { minerals: ['gold'] },
      { sites: ['ridge'] },
      { countries: ['CD'] },
      { minimumSeverity: 'high', sites: ['ridge'] },
    ];
    const wanted = await Promise.all(asked.map((filters) => desk.subscribe({ filters })));
    const unwanted = await Promise.all(others.map((filters) => desk.subscribe({ filters })));
    await faulty();
    await desk.notify();
    await Promise.all([desk.notices.route(), desk.notices.route()]);
    for (const subscription of wanted) expect(await types(subscription)).toEqual(['alert.opened']);
    for (const subscription of unwanted) expect(await types(subscription)).toEqual([]);
  });

  it('is who holds, held or is about to receive it, or what was made of it', async () => {
    const holders = ['coop', 'trader', 'mallory', 'agent'];
    const [coop, trader, mallory, agent] = await Promise.all(
      holders.map((holder) => desk.subscribe({ filters: { holder } })),
    );
    const lot = await faulty();
    const { lots } = await ledger.record('lot.split', 'trader', {
      inputs: [{ lot }],
      outputs: [{ mass: { value: '22', uom: 'KGM' } }, { mass: { value: '22', uom: 'KGM' } }],
    });
    await ledger.record('custody.dispatched', 'trader', { to: 'mallory', lots: [{ lot: lots[0] }] });
    await desk.notify();
    for (const party of [coop, trader, mallory]) expect(await types(party ?? { id: '' })).toEqual(['alert.opened']);
    expect(await types(agent ?? { id: '' })).toEqual([]);
  });

  it('is who follows a lot, told of what it is made of and what is made of it', async () => {
    const [before, after] = [await ledger.declare('10'), await ledger.declare('30')];
    const { lots } = await ledger.record('lot.aggregated', 'coop', {
      inputs: [{ lot: before }, { lot: after }],
      outputs: [{ mass: { value: '40', uom: 'KGM' } }],
    });
    const [heap = ''] = lots;
    const upstream = await desk.subscribe({ filters: { lots: [before] } });
    const stranger = await desk.subscribe({ filters: { lots: [await ledger.declare('5')] } });
    await ledger.dispatch(heap);
    await ledger.receive(heap, '44');
    await desk.notify();
    expect(await types(upstream)).toEqual(['alert.opened']);
    expect(await types(stranger)).toEqual([]);
  });

  it('is told of much in one digest, of each alert what was said last', async () => {
    const daily = await desk.subscribe({ digestMinutes: 60 });
    await faulty();
    const [told] = await desk.notify();
    await desk.notices.route();
    await desk.changes.change(told?.alert.id ?? '', 'acknowledged', {});
    await desk.notify();
    await faulty();
    await desk.notify();
    const deliveries = await desk.deliveries(daily.id);
    expect(deliveries).toMatchObject([{ type: 'alert.digest' }]);
    expect(deliveries[0]?.wait).toBeGreaterThan(3_500);
    const rows = await ledger.database.rows('SELECT number FROM delivery_notices WHERE delivery = $1', [
      deliveries[0]?.id,
    ]);
    expect(rows).toHaveLength(3);
  });

  it('is left in peace in quiet hours, but for what is critical', async () => {
    const hour = (n: number): string => `${String((n + 24) % 24).padStart(2, '0')}:00`;
    const now = new Date().getUTCHours();
    const quietHours = { from: hour(now - 1), to: hour(now + 2), timeZone: 'UTC' };
    const sleeper = await desk.subscribe({ quietHours, filters: { rules: ['mass-lost', 'mass-gained'] } });
    const lost = await ledger.declare('40');
    await ledger.dispatch(lost);
    await ledger.receive(lost, '38.5');
    await faulty();
    await desk.notify();
    const deliveries = await desk.deliveries(sleeper.id);
    expect(deliveries).toHaveLength(2);
    const waits = deliveries.map(({ wait }) => wait).toSorted((a, b) => a - b);
    expect(waits[0]).toBeLessThan(1);
    expect(waits[1]).toBeGreaterThan(3_500);
  });

  it('is shown by an address without its secrets, which stays as it is when something else changes', async () => {
    const url = 'https://hook.example.org/services/T0K3NabcdefGHIJKL123?key=secret';
    const { id, url: shown } = await desk.subscribe({ url });
    expect(shown).toBe('https://hook.example.org/services/[masked]?[masked]');
    await desk.subscriptions.change(id, changedSubscription.parse({ label: 'desk' }));
    expect(await desk.subscriptions.read(id)).toMatchObject({ url: shown, label: 'desk' });
    expect(await ledger.database.rows('SELECT url FROM subscriptions WHERE id = $1', [id])).toEqual([{ url }]);
    await expect(desk.subscriptions.change(id, changedSubscription.parse({ url: shown }))).rejects.toMatchObject({
      errors: [{ pointer: '/url' }],
    });
  });

  it('is told by escalation only of what nobody acknowledges in time', async () => {
    const chief = await desk.subscribe({ escalateAfterMinutes: 30 });
    await faulty();
    const [told] = await desk.notify();
    const [waiting] = await desk.deliveries(chief.id);
    expect(waiting).toMatchObject({ type: 'alert.escalated', alert: told?.alert.id });
    expect(waiting?.wait).toBeGreaterThan(1_700);
    await desk.changes.change(told?.alert.id ?? '', 'acknowledged', {});
    await desk.notify();
    // It was not passed on, so what becomes of it is no news either.
    expect(await types(chief)).toEqual(['alert.escalated']);
  });

  it('is not told what was said before he came, unless he asks for it', async () => {
    await faulty();
    await desk.notify();
    await desk.notices.route();
    const late = await desk.subscribe();
    expect(await types(late)).toEqual([]);
    expect(await desk.notices.again(late.id, new Date(Date.now() - 60_000).toISOString())).toBe(1);
    expect(await types(late)).toEqual(['alert.opened']);
    expect(await desk.notices.again(late.id, new Date(Date.now() - 60_000).toISOString())).toBe(0);
  });
});
