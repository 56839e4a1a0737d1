import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routeNeeds } from '../../../src/core/access/routes.js';
import { loadConfig } from '../../../src/server/config/config.js';
import { RemoteLog } from '../../../src/server/monitor/remote-log.js';
import type { OutsideActor } from '../../support/outside-client.js';
import { type Asked, ask, askToken, assertionOf, formOf } from '../../support/sign-in.js';
import { TradingWorld } from '../../support/trading-world.js';

const NO_ID = '00000000-0000-8000-8000-000000000000';
const UNTIL = new Date(Date.now() + 3_600_000).toISOString();

/** Routes with what they need; those of pages answer in HTML. */
const needs = Object.entries(routeNeeds).map(([route, need]) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, path, need };
});

/** OWASP API Security Top 10, 2023 edition: one test for each risk. */
describe('OWASP API Security Top 10 (2023)', () => {
  let world: TradingWorld;
  /** A server that counts its requests and answers as told. */
  let outside: Server;
  let hits: string[];
  let answer: (url: string) => { status: number; headers?: Record<string, string>; body?: string };
  let outsideUrl: string;

  beforeAll(async () => {
    world = await TradingWorld.open({ ADIT_WEBHOOK_PRIVATE_TARGETS: 'off' });
    outside = createServer((request, response) => {
      hits.push(request.url ?? '');
      const { status, headers = {}, body = '' } = answer(request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((done) => outside.listen(0, '127.0.0.1', done));
    outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    [hits, answer] = [[], () => ({ status: 200, body: '{}' })];
  });

  afterAll(async () => {
    await world.close();
    await new Promise((done) => outside.close(done));
  });

  const subscribe = (who: string, url = 'https://hooks.example.org/adit'): Promise<Asked> =>
    world.send(who, 'POST', '/v1/subscriptions', { channel: 'webhook', url });

  it('API1: broken object level authorization', async () => {
    const owned = {
      subscription: (await subscribe('trader')).body.id as string,
      key: (await world.send('trader', 'POST', '/v1/keys', { label: 'x', scopes: ['read'] })).body.id as string,
      share: (await world.send('trader', 'POST', `/v1/lots/${world.sold}/shares`, { expiresAt: UNTIL })).body
        .id as string,
      silence: (
        await world.send('trader', 'POST', '/v1/silences', {
          filters: { rules: ['mass-gained'] },
          until: UNTIL,
          reason: 'x',
        })
      ).body.id as string,
    };
    expect(Object.values(owned)).toEqual(Object.values(owned).map(() => expect.stringMatching(/^[0-9a-f-]{36}$/)));
    const attempts: [string, string, object?][] = [
      ['GET', `/v1/subscriptions/${owned.subscription}`],
      ['PATCH', `/v1/subscriptions/${owned.subscription}`, { label: 'mine' }],
      ['POST', `/v1/subscriptions/${owned.subscription}/rotate-secret`, {}],
      ['POST', `/v1/subscriptions/${owned.subscription}/test`, {}],
      ['DELETE', `/v1/subscriptions/${owned.subscription}`],
      ['POST', `/v1/keys/${owned.key}/rotate`, {}],
      ['DELETE', `/v1/keys/${owned.key}`],
      ['DELETE', `/v1/shares/${owned.share}`],
      ['DELETE', `/v1/silences/${owned.silence}`],
      ['GET', `/v1/lots/${world.sold}`],
      ['GET', `/v1/lots/${world.sold}/bundle`],
      ['POST', `/v1/lots/${world.sold}/shares`, { expiresAt: UNTIL }],
      ['POST', `/v1/lots/${world.sold}/passport`, {}],
      ['GET', `/v1/events/${world.declaration}`],
    ];
    for (const [method, path, body] of attempts) {
      const other = await world.send('stranger', method, path, body);
      const none = await world.send('stranger', method, path.replace(/[0-9a-f-]{36}/, NO_ID), body);
      // What is another's is answered as what does not exist.
      expect([method, path, other.status]).toEqual([method, path, 404]);
      if (path.includes('-')) expect([method, path, none.status]).toEqual([method, path, 404]);
    }
    expect((await world.send('trader', 'GET', `/v1/subscriptions/${owned.subscription}`)).body).toMatchObject({
      label: null,
    });
    for (const path of [`/v1/keys/${owned.key}`, `/v1/shares/${owned.share}`, `/v1/silences/${owned.silence}`])
      expect([path, (await world.send('trader', 'DELETE', path)).status]).toEqual([path, 204]);
  });

  it('API2: broken authentication', async () => {
    // Wrong proofs are in tokens.spec.ts, confusion in confusion.spec.ts; here: guessing and reuse.
    const once = formOf(await assertionOf(world.actor('trader')));
    expect((await askToken(world.service.url, once)).status).toBe(200);
    expect((await askToken(world.service.url, once)).status).toBe(401);
    const unknown = await ask(`${world.service.url}/v1/lots`, { headers: { authorization: 'Bearer adit_live_x' } });
    expect(unknown).toMatchObject({ status: 401, body: { code: 'token-invalid' } });
    // A token in the address would be in logs: it proves nothing there.
    const { body } = await askToken(world.service.url, formOf(await assertionOf(world.actor('trader'))));
    const token = body.access_token as string;
    for (const name of ['access_token', 'token', 'authorization']) {
      const { status } = await ask(`${world.service.url}/v1/stock?${name}=${token}`);
      expect([name, status]).toEqual([name, 401]);
    }
  });

  it('API3: broken object property level authorization', async () => {
    // No property may be written that the caller does not own.
    const wrong: [string, string, object][] = [
      ['POST', '/v1/keys', { label: 'x', scopes: ['read'], digest: 'x' }],
      ['POST', '/v1/keys', { label: 'x', scopes: ['read'], createdBy: 'buyer' }],
      ['POST', '/v1/subscriptions', { channel: 'webhook', url: 'https://a.example', owner: 'buyer' }],
      ['PUT', '/v1/contacts/trader', { phone: '+250 788 123 456', updatedAt: UNTIL }],
      ['POST', `/v1/lots/${world.sold}/shares`, { expiresAt: UNTIL, byActor: 'buyer' }],
    ];
    for (const [method, path, body] of wrong)
      expect([body, (await world.send('trader', method, path, body)).status]).toEqual([body, 400]);
    // No secret is shown again.
    const made = (await world.send('trader', 'POST', '/v1/keys', { label: 'x', scopes: ['read'] })).body.key as string;
    const { secret } = (await subscribe('trader')).body as { secret: string };
    const link = (await world.send('trader', 'POST', `/v1/lots/${world.sold}/shares`, { expiresAt: UNTIL })).body
      .secret as string;
    for (const path of ['/v1/keys', '/v1/subscriptions', `/v1/lots/${world.sold}/shares`]) {
      const text = JSON.stringify((await world.read('trader', path)).body);
      expect([path, [made, secret, link].filter((one) => text.includes(one))]).toEqual([path, []]);
    }
  });

  it('API4: unrestricted resource consumption', async () => {
    const tooMuch: [string, number][] = [
      ['/v1/lots?limit=101', 400],
      [`/v1/lots/${world.sold}/lineage?direction=upstream&depth=10000`, 400],
      [`/v1/lots?cursor=${'a'.repeat(600)}`, 400],
    ];
    for (const [path, status] of tooMuch)
      expect([path, (await world.read('trader', path)).status]).toEqual([path, status]);
    const big = await world.send('trader', 'POST', '/v1/keys', { label: 'x'.repeat(2_000_000), scopes: ['read'] });
    expect(big.status).toBe(413);
    const deep = await fetch(`${world.service.url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    });
    expect(deep.status).toBe(400);
    expect((await world.read('trader', '/v1/lots')).headers.get('ratelimit')).toMatch(/"reads";r=[0-9]+/);
  });

  it('API5: broken function level authorization', async () => {
    const share = (await world.send('trader', 'POST', `/v1/lots/${world.sold}/shares`, { expiresAt: UNTIL })).body
      .secret as string;
    const wrong: unknown[] = [];
    for (const { method, path, need } of needs.filter((one) => one.need !== 'public' && one.need !== 'submit')) {
      const url = `${world.service.url}${path.replace(':actor', 'trader').replace(/:[a-z]+/g, NO_ID)}`;
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const init = { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) };
      const nobody = await ask(url, init);
      if (nobody.status !== 401) wrong.push([method, path, 'nobody', nobody.status]);
      // A stream has no end; who has a share may open one, of nothing.
      if (path === '/v1/alerts/stream') continue;
      const withShare = await ask(url, { ...init, headers: { ...headers, authorization: `Share ${share}` } });
      if (need !== 'read' && withShare.status !== 403) wrong.push([method, path, 'share', withShare.status]);
      if (need !== 'admin' && need !== 'metrics' && need !== 'monitor') continue;
      const actor = await world.send(
        'trader',
        method,
        path.replace(/:[a-z]+/g, NO_ID),
        method === 'GET' ? undefined : {},
      );
      if (actor.status !== 403) wrong.push([method, path, 'actor', actor.status]);
    }
    expect(wrong).toEqual([]);
    // One path serves public tiles and entries that need a scope.
    expect((await world.read('trader', '/log/tile/entries/000.p/1')).status).toBe(403);
  });

  it('API6: unrestricted access to sensitive business flows', async () => {
    // Whoever was shown a lot does not pass it on, and nobody grants itself.
    const only = { lots: [world.kept] };
    await world.actor('coop').must('grant.given', { to: 'auditor', until: UNTIL, only });
    expect((await world.send('auditor', 'GET', `/v1/lots/${world.kept}`)).status).toBe(200);
    expect((await world.send('auditor', 'POST', `/v1/lots/${world.kept}/shares`, { expiresAt: UNTIL })).status).toBe(
      403,
    );
    await world.actor('auditor').must('grant.given', { to: 'stranger', until: UNTIL, only });
    expect((await world.send('stranger', 'GET', `/v1/lots/${world.kept}`)).status).toBe(404);
    const own = await world.actor('stranger').record('grant.given', { to: 'stranger', until: UNTIL, only });
    expect(own.status).toBe(422);
    // One lot is sold once.
    const head = { lot: world.kept, prev: world.declaration };
    const coop: OutsideActor = world.actor('coop');
    expect((await coop.record('custody.dispatched', { to: 'trader', lots: [head] })).status).toBe(201);
    expect((await coop.record('custody.dispatched', { to: 'buyer', lots: [head] })).status).toBe(409);
  });

  it('API7: server side request forgery', async () => {
    hits = [];
    for (const url of [
      `${outsideUrl}/hook`,
      outsideUrl.replace('127.0.0.1', 'localhost'),
      'http://169.254.169.254/latest/meta-data',
      'http://[::1]:8400/',
      'http://2130706433/',
      'file:///etc/passwd',
      'gopher://127.0.0.1:25/',
    ])
      expect([url, (await subscribe('trader', url)).status]).toEqual([url, 400]);
    // No header of a token names an address that is asked.
    for (const header of [{ jku: `${outsideUrl}/keys` }, { x5u: `${outsideUrl}/cert` }]) {
      const assertion = await assertionOf(world.actor('trader'), { header });
      expect((await askToken(world.service.url, formOf(assertion))).status).toBe(401);
    }
    expect(hits).toEqual([]);
  });

  it('API8: security misconfiguration', async () => {
    for (const path of ['/v1/ledger', '/v1/lots', '/nowhere', '/v1/lots/not-an-id', '/', '/errors', '/signin']) {
      const { headers } = await fetch(`${world.service.url}${path}`, { headers: { origin: 'https://evil.example' } });
      expect([path, headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual([
        path,
        'nosniff',
        'DENY',
      ]);
      expect([path, headers.get('content-security-policy')]).toEqual([path, expect.not.stringContaining('unsafe')]);
      const telling = ['server', 'x-powered-by', 'access-control-allow-origin'].filter((name) => headers.has(name));
      expect([path, telling]).toEqual([path, []]);
    }
    for (const method of ['TRACE', 'PROPFIND']) {
      const { status } = await fetch(`${world.service.url}/v1/ledger`, { method }).catch(() => ({ status: 404 }));
      expect([method, status]).toEqual([method, 404]);
    }
    const fault = await world.read('trader', `/v1/lots?cursor=${Buffer.from('{"$ne":1}').toString('base64url')}`);
    expect(JSON.stringify(fault.body)).not.toMatch(/SELECT|node_modules|\.js:/);
    expect(() => loadConfig({ HOST: '0.0.0.0', ADIT_ACCESS: 'open' })).toThrow(/ADIT_ACCESS=open/);
  });

  it('API9: improper inventory management', async () => {
    const { paths } = (await world.read('nobody', '/openapi.json')).body as {
      paths: Record<string, Record<string, { security?: unknown[] }>>;
    };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replace('{path}', '*').replace(/\{([a-z]+)\}/g, ':$1')}`,
      ),
    );
    const isOfApi = ({ path }: { path: string }): boolean => path.startsWith('/v1/') || path.startsWith('/log/');
    expect(
      needs
        .filter(isOfApi)
        .map(({ method, path }) => `${method} ${path}`)
        .filter((route) => !described.includes(route)),
    ).toEqual([]);
    expect(described.filter((route) => !(route in routeNeeds))).toEqual([]);
    for (const path of ['/v0/lots', '/v2/lots', '/v1/admin', '/v1/debug', '/actuator', '/graphql'])
      expect([path, (await world.read('operator', path)).status]).toEqual([path, 404]);
  });

  it('API10: unsafe consumption of APIs', async () => {
    // The log of another is read with a limit, and leads nowhere else.
    hits = [];
    answer = (url) =>
      url === '/log/checkpoint'
        ? { status: 302, headers: { location: `${outsideUrl}/elsewhere` } }
        : { status: 200, body: 'x'.repeat(20 * 1024 * 1024) };
    const log = new RemoteLog(outsideUrl);
    await expect(log.checkpoint()).rejects.toThrow(/302/);
    await expect(log.prove(0, 300)).rejects.toThrow(/longer than any answer/);
    expect(hits.filter((url) => url === '/elsewhere')).toEqual([]);
    answer = () => ({ status: 200, body: '{"kty":"oct"}' });
    await expect(log.prove(0, 300)).rejects.toThrow(/not of 256 hashes|hashes/);
  });
});
