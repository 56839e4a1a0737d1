import { createPublicKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { claimDeliveries } from '../../../src/server/delivery/claim-deliveries.js';
import type { DeliverDue } from '../../../src/server/delivery/deliver-due.js';
import type { ListedDelivery } from '../../../src/core/api/alerts/delivery.js';
import { ListDeliveries, deliveriesQuery } from '../../../src/server/delivery/list-deliveries.js';
import { RETRY_AFTER } from '../../../src/server/delivery/retry-schedule.js';
import type { Subscription } from '../../../src/core/api/alerts/subscription.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { HookReceiver, type ReceivedRequest } from '../../support/hook-receiver.js';
import { TestLedger } from '../../support/test-ledger.js';
import { until } from '../../support/until.js';

const SECOND = 1_000;

Logger.overrideLogger(false);

describe('a delivery', () => {
  let ledger: TestLedger;
  let desk: AlertDesk;
  let hooks: HookReceiver;
  let deliverer: DeliverDue;
  const subscribed: string[] = [];

  beforeAll(async () => {
    ledger = await TestLedger.open();
    desk = new AlertDesk(ledger);
  });
  afterAll(() => ledger.close());
  beforeEach(async () => {
    hooks = await HookReceiver.start();
    deliverer = desk.deliverer(300);
  });
  afterEach(async () => {
    await deliverer.beforeApplicationShutdown();
    await hooks.stop();
    for (const id of subscribed.splice(0)) await desk.subscriptions.unsubscribe(id).catch(() => undefined);
  });

  async function subscribe(path: string, more: object = {}): Promise<Subscription & { secret?: string }> {
    // Many such receipts are a series too, which would raise an alert of its own.
    const filters = { rules: ['mass-gained'] };
    const subscription = await desk.subscribe({ url: `${hooks.base}${path}`, filters, ...more });
    subscribed.push(subscription.id);
    return subscription;
  }

  /** One more critical alert, on a lot of its own. */
  async function fault(): Promise<string> {
    const lot = await ledger.declare('40');
    await ledger.dispatch(lot);
    await ledger.receive(lot, '44');
    await desk.notify();
    return lot;
  }

  const listed = async ({ id }: { id: string }): Promise<ListedDelivery[]> =>
    (await new ListDeliveries(ledger.database).list(deliveriesQuery.parse({ subscription: id }))).items.toReversed();

  /** As if everything that waits had waited long enough; @param since what is known of failures began so much earlier. */
  const pass = (since = 0): Promise<unknown> =>
    ledger.database.rows(
      `WITH d AS (UPDATE deliveries SET next_at = now() WHERE status = 'pending')
       UPDATE subscriptions SET paused_until = NULL, claimed_until = now(), failing_since = failing_since - $1 * interval '1 ms'`,
      [since],
    );

  const answering = (status: number, headers: Record<string, string> = {}) =>
    hooks.answer('/hook', (response) => void response.writeHead(status, headers).end());

  const signaturesOf = ({ headers }: ReceivedRequest): string[] => String(headers['webhook-signature']).split(' ');

  it('is signed by v1, as the public library has it, and by v1a under the published key', async () => {
    const { secret = '', publicKey } = await subscribe('/hook');
    await fault();
    await desk.deliver(deliverer);
    const [message] = hooks.at('/hook') as [ReceivedRequest];
    expect(new Webhook(secret).verify(message.body, message.headers)).toMatchObject({
      type: 'alert.opened',
      timestamp: expect.stringMatching(/^\d{4}-/),
      data: { rule: 'mass-gained', finding: expect.any(String) },
    });
    expect(Buffer.byteLength(message.body)).toBeLessThan(20_000);
    const signed = signaturesOf(message);
    expect(signed.map((one) => one.split(',')[0])).toEqual(['v1', 'v1a']);
    const x = Buffer.from(String(publicKey).slice('whpk_'.length), 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const content = `${message.headers['webhook-id']}.${message.headers['webhook-timestamp']}.${message.body}`;
    expect(verify(null, Buffer.from(content), key, Buffer.from(signed[1]?.slice(4) ?? '', 'base64'))).toBe(true);
  });

  it('is signed with both secrets for a day after one was replaced, then with the new one', async () => {
    const { id, secret: old = '' } = await subscribe('/hook');
    const { secret, formerSecretUntil } = await desk.subscriptions.rotateSecret(id);
    expect(secret).not.toBe(old);
    expect(Date.parse(formerSecretUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await fault();
    await desk.deliver(deliverer);
    const [during] = hooks.at('/hook') as [ReceivedRequest];
    for (const one of [secret, old]) new Webhook(one).verify(during.body, during.headers);
    expect(signaturesOf(during)).toHaveLength(4);
    await ledger.database.rows('UPDATE subscriptions SET former_secret_until = now() WHERE id = $1', [id]);
    await fault();
    await desk.deliver(deliverer);
    const after = hooks.at('/hook')[1] as ReceivedRequest;
    new Webhook(secret).verify(after.body, after.headers);
    expect(() => new Webhook(old).verify(after.body, after.headers)).toThrow();
  });

  it('is tried ten times by the schedule, always under one id, and then given up', async () => {
    answering(500);
    const subscription = await subscribe('/hook');
    await fault();
    for (let i = 0; i < 12; i += 1) {
      await desk.deliver(deliverer);
      await pass();
    }
    const [delivery] = await listed(subscription);
    expect(delivery).toMatchObject({ status: 'exhausted', nextAt: null });
    const { attempts = [] } = delivery ?? {};
    expect(attempts.map(({ httpStatus }) => httpStatus)).toEqual(Array<number>(10).fill(500));
    const waits = attempts.map(({ at, nextAt }) => (nextAt === null ? null : Date.parse(nextAt) - Date.parse(at)));
    expect(waits.pop()).toBeNull();
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(RETRY_AFTER[i] ?? 0);
      expect(wait).toBeLessThan((RETRY_AFTER[i] ?? 0) * 1.1 + 2 * SECOND);
    });
    expect(new Set(hooks.at('/hook').map(({ headers, body }) => `${headers['webhook-id']}${body}`)).size).toBe(1);
    expect(attempts[0]).toMatchObject({
      target: `${hooks.base}/hook`,
      failure: null,
      milliseconds: expect.any(Number),
    });
  });

  it.each([
    ['a redirect, which is not followed', 302, { location: '/elsewhere' }],
    ['an error of the receiver', 500, {}],
    ['a refusal', 401, {}],
  ])('takes %s for a failure', async (_what, status, headers) => {
    answering(status, headers);
    const subscription = await subscribe('/hook');
    await fault();
    await desk.deliver(deliverer);
    expect(await listed(subscription)).toMatchObject([{ status: 'pending', attempts: [{ httpStatus: status }] }]);
    expect(hooks.at('/elsewhere')).toEqual([]);
  });

  it.each([
    ['seconds', 429, () => '120'],
    ['a date', 503, () => new Date(Date.now() + 120 * SECOND).toUTCString()],
  ])('waits as long as the receiver asks, in %s, and so does all that comes after it', async (_form, status, asked) => {
    answering(status, { 'retry-after': asked() });
    const subscription = await subscribe('/hook');
    await fault();
    await desk.deliver(deliverer);
    const [delivery] = await listed(subscription);
    expect(Date.parse(delivery?.nextAt ?? '') - Date.now()).toBeGreaterThan(110 * SECOND);
    expect(delivery?.attempts[0]?.retryAfter).toBeGreaterThan(110);
    answering(204);
    await fault();
    await desk.deliver(deliverer);
    expect(hooks.at('/hook')).toHaveLength(1);
    await pass();
    await desk.deliver(deliverer);
    expect(await listed(subscription)).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
  });

  it('is tried again where the answer breaks off, or none comes in time', async () => {
    hooks.answer('/hook', (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x');
      setTimeout(() => response.destroy(), 20);
    });
    hooks.answer('/silent', () => undefined);
    const broken = await subscribe('/hook');
    const silent = await subscribe('/silent');
    await fault();
    await desk.deliver(deliverer);
    expect(await listed(broken)).toMatchObject([
      { status: 'pending', attempts: [{ httpStatus: 200, failure: expect.stringMatching(/./) }] },
    ]);
    expect(await listed(silent)).toMatchObject([
      { status: 'pending', attempts: [{ httpStatus: null, failure: 'timeout' }] },
    ]);
  });

  it('ends the subscription of a receiver that says it is gone', async () => {
    answering(410);
    const { id } = await subscribe('/hook');
    await fault();
    await desk.deliver(deliverer);
    expect(await desk.subscriptions.read(id)).toMatchObject({ enabled: false, disabledReason: 'it answered 410 Gone' });
    expect(await desk.subscriptions.change(id, { enabled: true })).toMatchObject({ enabled: true, disabledAt: null });
  });

  it('switches a receiver off that has failed for a week, and not before', async () => {
    answering(500);
    const { id } = await subscribe('/hook');
    await fault();
    await desk.deliver(deliverer);
    await pass(6.9 * 86_400 * SECOND);
    await desk.deliver(deliverer);
    expect(await desk.subscriptions.read(id)).toMatchObject({ enabled: true, failures: 2 });
    await pass(0.2 * 86_400 * SECOND);
    await desk.deliver(deliverer);
    expect(await desk.subscriptions.read(id)).toMatchObject({
      enabled: false,
      disabledReason: 'every attempt of a week has failed',
    });
  });

  it('forgets failures as soon as one message arrives', async () => {
    answering(500);
    const { id } = await subscribe('/hook');
    await fault();
    await desk.deliver(deliverer);
    expect(await desk.subscriptions.read(id)).toMatchObject({ failures: 1, failingSince: expect.any(String) });
    answering(204);
    await pass();
    await desk.deliver(deliverer);
    expect(await desk.subscriptions.read(id)).toMatchObject({ failures: 0, failingSince: null });
  });

  it('leaves a receiver alone that fails ten times in a row, then tries it with one message', async () => {
    answering(500);
    const subscription = await subscribe('/hook');
    for (let i = 0; i < 25; i += 1) await fault();
    await desk.deliver(deliverer);
    const { failures, pausedUntil } = await desk.subscriptions.read(subscription.id);
    expect(failures).toBeGreaterThanOrEqual(10);
    expect(hooks.at('/hook').length).toBeLessThan(20);
    expect(Date.parse(pausedUntil ?? '')).toBeGreaterThan(Date.now());
    const before = hooks.at('/hook').length;
    await pass();
    await desk.deliver(deliverer);
    expect(hooks.at('/hook')).toHaveLength(before + 1);
    answering(204);
    await pass();
    await desk.deliver(deliverer);
    expect((await listed(subscription)).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('of one lot is made in order, and does not hold up those of others', async () => {
    let ill = true;
    const lot = await fault();
    await desk.notices.route();
    const subscription = await subscribe('/hook');
    hooks.answer('/hook', (response, _request) => {
      const { body } = hooks.received.at(-1) ?? { body: '' };
      response.writeHead(ill && body.includes(lot) ? 500 : 204).end();
    });
    const [alert] = await desk.list({ lot });
    await desk.changes.change(alert?.id ?? '', 'acknowledged', {});
    await desk.notify();
    await desk.changes.change(alert?.id ?? '', 'resolved', {});
    await desk.notify();
    const other = await fault();
    await desk.deliver(deliverer);
    const sent = (): string[] =>
      hooks.at('/hook').map(({ body }) => `${(JSON.parse(body) as { type: string }).type} ${body.includes(other)}`);
    expect(sent().toSorted()).toEqual(['alert.acknowledged false', 'alert.opened true']);
    ill = false;
    await pass();
    await desk.deliver(deliverer);
    expect(sent().slice(2)).toEqual(['alert.acknowledged false', 'alert.resolved false']);
    expect((await listed(subscription)).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('is not held up by fifty receivers that never answer', async () => {
    hooks.answer('/silent', () => undefined);
    for (let i = 0; i < 50; i += 1) await subscribe('/silent');
    const well = await subscribe('/hook');
    await fault();
    await desk.notices.route();
    const patient = desk.deliverer(5_000);
    await patient.serveDue();
    // Within less than the patience with those that are silent.
    await until(async () => ((await listed(well))[0]?.status === 'delivered' ? true : undefined), 4_000);
    expect(hooks.at('/hook')).toHaveLength(1);
    await patient.beforeApplicationShutdown();
    // What was cut short counts as not tried.
    const [cut] = await ledger.database.rows(
      "SELECT count(*) AS n FROM deliveries WHERE status = 'pending' AND attempts = 0 AND next_at <= now()",
    );
    expect(cut).toEqual({ n: 50 });
  });

  it('is made by one worker of several, and by another where that one died', async () => {
    const subscription = await subscribe('/hook');
    await fault();
    await desk.notices.route();
    const taken = await ledger.database.transaction((db) => claimDeliveries(db, subscription.id));
    expect(taken?.deliveries).toHaveLength(1);
    await desk.deliver(deliverer);
    expect(hooks.at('/hook')).toEqual([]);
    // The lease of the one that died has run out.
    await pass();
    const second = desk.deliverer();
    await Promise.all([desk.deliver(deliverer), desk.deliver(second)]);
    await second.beforeApplicationShutdown();
    expect(hooks.at('/hook')).toMatchObject([{ headers: { 'webhook-id': taken?.deliveries[0]?.id } }]);
    expect(await listed(subscription)).toMatchObject([{ status: 'delivered' }]);
  });

  it('stands as whoever took it over made it, whatever the one before comes back with', async () => {
    const subscription = await subscribe('/hook');
    await fault();
    await desk.notices.route();
    const taken = await ledger.database.transaction((db) => claimDeliveries(db, subscription.id));
    const [late] = taken?.deliveries ?? [];
    if (taken === null || late === undefined) throw new Error('nothing was due');
    await pass();
    await desk.deliver(deliverer);
    const failed = { at: Date.now(), milliseconds: 1, target: null, status: 500, failure: null, retryAfter: null };
    const attempt = {
      ...failed,
      delivery: late.id,
      attempt: late.attempt,
      step: late.step,
      outcome: 'failed',
    } as const;
    await desk.records().record(taken, [attempt], null);
    expect(await listed(subscription)).toMatchObject([{ status: 'delivered' }]);
    expect(await desk.subscriptions.read(subscription.id)).toMatchObject({ failures: 0 });
  });

  it('in a digest says of each alert what was said last, and says the same when it is tried again', async () => {
    answering(500);
    const { id, secret = '' } = await subscribe('/hook', { digestMinutes: 60, filters: { rules: ['mass-gained'] } });
    for (let i = 0; i < 40; i += 1) await fault();
    const [alert] = await desk.list();
    await desk.changes.change(alert?.id ?? '', 'resolved', {});
    await desk.notify();
    await desk.notices.route();
    await pass();
    await desk.deliver(deliverer);
    await fault();
    await desk.notices.route();
    await pass();
    answering(204);
    await desk.deliver(deliverer);
    const [first, again, next] = hooks.at('/hook') as [ReceivedRequest, ReceivedRequest, ReceivedRequest];
    expect(again.body).toBe(first.body);
    expect(Buffer.byteLength(first.body)).toBeLessThan(20_000);
    const { data } = new Webhook(secret).verify(again.body, again.headers) as { data: Record<string, unknown> };
    expect(data).toMatchObject({ count: 40, bySeverity: { critical: 40 } });
    expect((data.alerts as unknown[]).length + Number(data.more)).toBe(40);
    expect((JSON.parse(next.body) as { data: unknown }).data).toMatchObject({ count: 1 });
    expect(await listed({ id })).toMatchObject([{ type: 'alert.digest' }, { type: 'alert.digest' }]);
  });

  it('by escalation tells how an alert stands by then, and is dropped where somebody has it in hand', async () => {
    const chief = await subscribe('/hook', { escalateAfterMinutes: 5 });
    const [ignored, seen] = [await fault(), await fault()];
    await desk.notices.route();
    const [inHand] = await desk.list({ lot: seen });
    await desk.changes.change(inHand?.id ?? '', 'acknowledged', {});
    await desk.notify();
    await pass();
    await desk.deliver(deliverer);
    const messages = hooks.at('/hook').map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(messages).toMatchObject([
      { type: 'alert.escalated', data: { lots: [ignored], escalatedAt: expect.any(String) } },
    ]);
    expect((await listed(chief)).map(({ status }) => status).toSorted()).toEqual(['delivered', 'dropped']);
    const [passedOn] = await desk.list({ lot: ignored });
    await desk.changes.change(passedOn?.id ?? '', 'acknowledged', {});
    await desk.notify();
    await desk.deliver(deliverer);
    expect((JSON.parse(hooks.at('/hook')[1]?.body ?? '{}') as { type: string }).type).toBe('alert.acknowledged');
  });
});
