import { spawnSync, spawn } from 'node:child_process';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { RaiseAlerts } from '../../../src/server/alerts/raise-alerts.js';
import { NotifyAlerts } from '../../../src/server/alerts/notify-alerts.js';
import { RouteNotices } from '../../../src/server/delivery/route-notices.js';
import { AditClient } from '../../../src/client/adit-client.js';
import { type Body, type OutsideActor, get, openAsRegistrar } from '../../support/outside-client.js';
import { whole } from '../../support/rounds.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

interface Delivery {
  id: string;
  body: Body;
  good: boolean;
}

/** A subscriber that answers what it is told to, and keeps what came. */
class Subscriber {
  readonly deliveries: Delivery[] = [];
  /** Answers to give before 204. */
  answers: number[] = [];
  secret = '';
  private server: Server;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      this.take(request).then(
        () => response.writeHead(this.answers.shift() ?? 204).end(),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    let good = true;
    try {
      new Webhook(this.secret).verify(text, request.headers as Record<string, string>);
    } catch {
      good = false;
    }
    this.deliveries.push({ id: String(request.headers['webhook-id']), body: JSON.parse(text) as Body, good });
  }
}

const bag = (tag: string): Body => ({
  place: { site: 'hill' },
  outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '48.6', uom: 'KGM' }, tags: [tag] }],
});

const redis = spawnSync('redis-server', ['--version']).status === 0;

/** The same on Redis is tried in CI. */
const queues = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;

describe.each(queues.slice(0, whole ? 2 : 1))('alerts, with jobs on %s', (_name, onRedis) => {
  if (onRedis && !redis) {
    it.skip('is skipped: there is no redis-server here', () => undefined);
    return;
  }
  let service: TestServer;
  let coop: OutsideActor;
  const subscriber = new Subscriber();
  const queue = onRedis
    ? spawn('redis-server', ['--port', '16399', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
    : null;

  beforeAll(async () => {
    if (onRedis) await new Promise((resolve) => setTimeout(resolve, 500));
    service = await startTestServer({
      ADIT_ROLE: 'all',
      ...(onRedis ? { REDIS_URL: 'redis://127.0.0.1:16399' } : {}),
    });
    const registrar = await openAsRegistrar(service.url);
    coop = await registrar.register('coop', ['miner']);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
    const { body } = await postJson(service.url, '/v1/subscriptions', {
      channel: 'webhook',
      url: await subscriber.start(),
    });
    subscriber.secret = String(body.secret);
  });

  afterAll(async () => {
    subscriber.stop();
    await service.close();
    queue?.kill();
  });

  it('tells a subscriber, by a signature that the public library verifies, once', async () => {
    expect(subscriber.secret).toMatch(/^whsec_/);
    await coop.must('lot.declared', bag('SYN-1'));
    await coop.must('lot.declared', bag('SYN-1'));
    const { body, good } = await until(() => subscriber.deliveries[0]);
    expect(good).toBe(true);
    expect(body).toMatchObject({
      type: 'alert.opened',
      data: { rule: 'tag-reused', severity: 'critical', status: 'open', lots: { length: 2 } },
    });
    const raise = service.server.app.get(RaiseAlerts, { strict: false });
    const notifying = service.server.app.get(NotifyAlerts, { strict: false });
    const route = service.server.app.get(RouteNotices, { strict: false });
    await Promise.all([
      raise.raise(),
      raise.raise(),
      notifying.notifyDue(),
      notifying.notifyDue(),
      route.route(),
      route.route(),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(subscriber.deliveries).toHaveLength(1);
    const list = await get(service.url, '/v1/alerts?rule=tag-reused');
    expect(list.body).toMatchObject({
      items: [{ id: (body.data as Body).id, finding: expect.any(String) }],
      next: null,
    });
  });

  it('tries again with the same webhook-id when the subscriber fails', async () => {
    const before = subscriber.deliveries.length;
    subscriber.answers = [500];
    await coop.must('lot.declared', bag('SYN-2'));
    await coop.must('lot.declared', bag('SYN-2'));
    await until(() => subscriber.deliveries[before + 1]);
    const [first, second] = subscriber.deliveries.slice(before);
    expect(second).toEqual(first);
    const { body } = await until(async () => {
      const listed = await get(service.url, '/v1/deliveries?status=delivered');
      return (listed.body.items as Body[]).some(({ id }) => id === first?.id) ? listed : undefined;
    });
    const delivery = (body.items as Body[]).find(({ id }) => id === first?.id);
    expect(delivery).toMatchObject({
      attempts: [
        { attempt: 1, httpStatus: 500 },
        { attempt: 2, httpStatus: 204 },
      ],
    });
  });

  it('shows alerts live, and resumes after the last one seen', async () => {
    const client = new AditClient(service.url);
    const ended = new AbortController();
    const seen: string[] = [];
    for await (const { id, alert } of client.followAlerts(ended.signal, '0')) {
      seen.push(id);
      if (alert.rule === 'tag-reused' && seen.length === 2) break;
    }
    const resumed: string[] = [];
    for await (const { id } of client.followAlerts(ended.signal, seen[0])) {
      resumed.push(id);
      break;
    }
    ended.abort();
    expect(resumed[0]).toBe(seen[1]);
  });

  it('lets a person acknowledge and resolve, and tells nobody that it is not there', async () => {
    const { body } = await get(service.url, '/v1/alerts?status=open');
    const [alert] = body.items as Body[];
    expect((await postJson(service.url, `/v1/alerts/${String(alert?.id)}/acknowledge`, {})).body).toMatchObject({
      status: 'acknowledged',
    });
    expect((await postJson(service.url, `/v1/alerts/${String(alert?.id)}/resolve`, {})).body).toMatchObject({
      status: 'resolved',
    });
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect((await postJson(service.url, `/v1/alerts/${nobody}/resolve`, {})).status).toBe(404);
    expect((await get(service.url, '/v1/alerts/no-id')).status).toBe(400);
  });

  it('ends a subscription whose endpoint says that it is gone', async () => {
    const before = subscriber.deliveries.length;
    subscriber.answers = [410];
    await coop.must('lot.declared', bag('SYN-3'));
    await coop.must('lot.declared', bag('SYN-3'));
    await until(() => subscriber.deliveries[before]);
    await until(async () => {
      const { body } = await get(service.url, '/v1/subscriptions');
      return (body.items as Body[])[0]?.enabled === false ? true : undefined;
    });
  });

  it('refuses a target that may not be reached, at registration', async () => {
    const answer = await postJson(service.url, '/v1/subscriptions', { channel: 'webhook', url: 'ftp://example.org/' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid', errors: [{ pointer: '/url' }] } });
  });
});

async function postJson(base: string, path: string, body: Body): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Body };
}
