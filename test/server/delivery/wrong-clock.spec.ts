import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { DeliverDue } from '../../../src/server/delivery/deliver-due.js';
import { ListDeliveries, type ListedDelivery, deliveriesQuery } from '../../../src/server/delivery/list-deliveries.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { withClockOff } from '../../support/clock-off.js';
import { HookReceiver } from '../../support/hook-receiver.js';
import { TestLedger } from '../../support/test-ledger.js';

const MINUTE = 60_000;

describe.each([10, -10])('a service whose clock is %d minutes ahead of its database', (minutes) => {
  let ledger: TestLedger;
  let desk: AlertDesk;
  let hooks: HookReceiver;
  let deliverer: DeliverDue;

  beforeAll(async () => {
    ledger = await TestLedger.open();
    desk = new AlertDesk(ledger);
  });
  afterAll(() => ledger.close());
  beforeEach(async () => {
    hooks = await HookReceiver.start();
    deliverer = desk.deliverer();
  });
  afterEach(async () => {
    await deliverer.beforeApplicationShutdown();
    await hooks.stop();
  });

  const late = <T>(work: () => Promise<T>): Promise<T> => withClockOff(minutes * MINUTE, work);

  /** Records a receipt that gains a tenth, notifies, and tries what is due once. */
  const deliverOne = (): Promise<void> =>
    late(async () => {
      const lot = await ledger.declare('40');
      await ledger.dispatch(lot);
      await ledger.receive(lot, '44');
      await desk.tell();
      await desk.deliver(deliverer);
    });

  const firstOf = async ({ id }: { id: string }): Promise<ListedDelivery | undefined> =>
    (await new ListDeliveries(ledger.database).list(deliveriesQuery.parse({ subscription: id }))).items.at(-1);

  const fromNow = (time: string | null | undefined): number => Date.parse(time ?? '') - Date.now();

  it('delivers at once, with the right time', async () => {
    const subscription = await desk.subscribe({ url: `${hooks.base}/hook` });
    await deliverOne();
    const message = hooks.at('/hook')[0];
    // The library refuses what is more than five minutes away from its own time.
    new Webhook(subscription.secret ?? '').verify(message?.body ?? '', message?.headers ?? {});
    const delivery = await firstOf(subscription);
    expect(delivery).toMatchObject({ status: 'delivered', attempts: [{ attempt: 1 }] });
    expect(Math.abs(fromNow(delivery?.attempts?.[0]?.at))).toBeLessThan(5 * MINUTE);
  });

  it('retries when the receiver asks for it', async () => {
    const retryAfter = new Date(Date.now() + 2 * MINUTE).toUTCString();
    hooks.answer('/hook', (response) => {
      // Written by the receiver, whose clock is right.
      response.writeHead(503, {
        date: new Date(Date.now() - minutes * MINUTE).toUTCString(),
        'retry-after': retryAfter,
      });
      response.end();
    });
    const subscription = await desk.subscribe({ url: `${hooks.base}/hook` });
    await deliverOne();
    const attempt = (await firstOf(subscription))?.attempts?.[0];
    expect(attempt?.retryAfter).toBeGreaterThan(60);
    expect(fromNow(attempt?.nextAt)).toBeGreaterThan(MINUTE);
    expect(fromNow(attempt?.nextAt)).toBeLessThan(5 * MINUTE);
  });

  it('silences until the time that was asked for', async () => {
    const until = new Date(Date.now() + 5 * MINUTE).toISOString();
    const silence = await late(() => desk.silences.silence({ filters: { sites: ['ridge'] }, until, reason: 'works' }));
    expect(silence).toMatchObject({ until });
    const past = new Date(Date.now() - 5 * MINUTE).toISOString();
    await expect(
      late(() => desk.silences.silence({ filters: { sites: ['ridge'] }, until: past, reason: 'works' })),
    ).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
