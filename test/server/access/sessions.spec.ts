import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OutsideActor, openAsRegistrar } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { type Asked, ask, assertionOf } from '../../support/sign-in.js';

type Body = Record<string, unknown>;

describe('signing in with a browser', () => {
  let service: TestServer;
  let registrar: OutsideActor;
  let operator: string;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ACCESS: 'closed' });
    registrar = await openAsRegistrar(service.url);
    operator = readFileSync(service.config.operatorTokenFile, 'utf8').trim();
  });

  afterAll(async () => {
    await service.close();
  });

  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: Body): Promise<Asked> =>
    ask(`${service.url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: JSON.stringify(body),
    });

  /** Makes a sign-in link, and returns its secret. */
  async function secretOfLink(): Promise<string> {
    const { status, body } = await call('POST', '/v1/session/links', { authorization: `Bearer ${operator}` });
    expect(status).toBe(201);
    const { origin, pathname, hash } = new URL(body.url as string);
    expect([origin, pathname]).toEqual([service.url, '/signin']);
    return hash.slice(1);
  }

  /** Signs in, and returns the cookie as a browser sends it, with the token for changes. */
  async function signedIn(proof: Body): Promise<{ cookie: string; csrf: string; attributes: string; body: Body }> {
    const { status, headers, body } = await call('POST', '/v1/session', {}, proof);
    expect([status, body.detail]).toEqual([200, undefined]);
    const [set = ''] = headers.getSetCookie();
    const [cookie = '', ...attributes] = set.split('; ');
    return { cookie, csrf: body.csrf as string, attributes: attributes.join('; '), body };
  }

  it('takes a link once, and sets a cookie that no script reads', async () => {
    const secret = await secretOfLink();
    const { cookie, attributes, body } = await signedIn({ secret });
    expect(body).toMatchObject({ kind: 'operator', actor: null });
    expect(attributes).toMatch(/HttpOnly/);
    expect(attributes).toMatch(/SameSite=Lax/);
    expect(attributes).toMatch(/Path=\//);
    // Without TLS on loopback a browser would not send a secure cookie back.
    expect(attributes).not.toMatch(/Secure/);
    expect(cookie).not.toContain('operator');
    expect((await call('GET', '/v1/lots', { cookie })).status).toBe(200);
    expect((await call('GET', '/v1/session', { cookie })).body).toMatchObject({ ...body, csrf: body.csrf });
    expect(await call('POST', '/v1/session', {}, { secret })).toMatchObject({
      status: 401,
      body: { code: 'token-invalid' },
    });
  });

  it('takes an assertion of an actor once, and ends with its key', async () => {
    const miner = await registrar.register('miner', ['miner']);
    const assertion = await assertionOf(miner);
    const { cookie, body } = await signedIn({ assertion });
    expect(body).toMatchObject({ kind: 'actor', actor: 'miner', scopes: ['read', 'alerts', 'share'] });
    expect((await call('POST', '/v1/session', {}, { assertion })).status).toBe(401);
    expect((await call('GET', '/v1/lots', { cookie })).status).toBe(200);
    expect((await call('GET', '/metrics', { cookie })).status).toBe(403);
    await registrar.must('key.revoked', { actor: 'miner', kid: miner.key.kid, reason: 'lost' });
    const since = Date.now();
    while ((await call('GET', '/v1/lots', { cookie })).status === 200) {
      expect(Date.now() - since).toBeLessThan(5_000);
      await new Promise((done) => setTimeout(done, 100));
    }
    expect((await call('GET', '/v1/lots', { cookie })).body.code).toBe('token-required');
  });

  it('takes a change in a session only with its token, and from a page of its own', async () => {
    const { cookie, csrf } = await signedIn({ secret: await secretOfLink() });
    const other = await signedIn({ secret: await secretOfLink() });
    const key = { label: 'x', scopes: ['read'] };
    const change = (headers: Record<string, string>): Promise<Asked> =>
      call('POST', '/v1/keys', { cookie, ...headers }, key);
    for (const headers of [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': other.csrf }, { 'x-csrf-token': `${csrf}x` }])
      expect(await change(headers as Record<string, string>)).toMatchObject({
        status: 403,
        body: { code: 'not-allowed' },
      });
    expect((await change({ 'x-csrf-token': csrf, origin: 'https://evil.example' })).status).toBe(400);
    expect((await change({ 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' })).status).toBe(400);
    expect((await change({ 'x-csrf-token': csrf, origin: service.url, 'sec-fetch-site': 'same-origin' })).status).toBe(
      201,
    );
  });

  it('ends when it is signed out, also for a copy of the cookie', async () => {
    const { cookie } = await signedIn({ secret: await secretOfLink() });
    expect((await call('GET', '/v1/lots', { cookie })).status).toBe(200);
    const ended = await call('DELETE', '/v1/session', { cookie });
    expect([ended.status, ended.headers.getSetCookie()[0]]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    const since = Date.now();
    while ((await call('GET', '/v1/lots', { cookie })).status === 200) {
      expect(Date.now() - since).toBeLessThan(5_000);
      await new Promise((done) => setTimeout(done, 100));
    }
    expect((await call('GET', '/v1/session', { cookie })).body).toMatchObject({ kind: 'nobody', csrf: null });
  });

  it('is nobody with a cookie that is not ours, and no error', async () => {
    const { cookie } = await signedIn({ secret: await secretOfLink() });
    const middle = Math.floor(cookie.length / 2);
    const changed = cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1);
    for (const wrong of [changed, 'adit=', 'adit=x', 'adit=%00;%00', 'adit=QUFB;QUFB'])
      expect([wrong, (await call('GET', '/v1/session', { cookie: wrong })).body.kind]).toEqual([wrong, 'nobody']);
  });

  it('refuses what is no proof', async () => {
    const link = await secretOfLink();
    for (const [body, status] of [
      [{}, 400],
      [{ secret: 'x', assertion: 'y' }, 400],
      [{ secret: `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}` }, 401],
      [{ secret: link.replace(/^[0-9]+/, '99999999999') }, 401],
      [{ secret: '1.a.b' }, 401],
      [{ secret: operator }, 401],
      [{ assertion: 'x' }, 401],
      [{ assertion: await assertionOf(registrar, { claims: { aud: 'https://example.org' } }) }, 401],
    ] as [Body, number][])
      expect([body, (await call('POST', '/v1/session', {}, body)).status]).toEqual([body, status]);
    expect((await call('POST', '/v1/session/links')).status).toBe(401);
  });

  it('shows every viewer who it is, and has a page that loads nothing foreign', async () => {
    expect((await call('GET', '/v1/session')).body).toEqual({
      kind: 'nobody',
      actor: null,
      scopes: [],
      until: null,
      csrf: null,
    });
    const { body } = await call('GET', '/v1/session', { authorization: `Bearer ${operator}` });
    expect(body).toMatchObject({ kind: 'operator', until: null, csrf: null });
    const page = await fetch(`${service.url}/signin`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('cache-control')).toBe('private, no-cache');
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(html).toContain('data-sign-in');
  });
});
