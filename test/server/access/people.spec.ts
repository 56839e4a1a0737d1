import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/server/config/config.js';
import { TestIdentityProvider } from '../../support/identity-provider.js';
import { type Asked, ask } from '../../support/sign-in.js';
import { TradingWorld } from '../../support/trading-world.js';

const CALLBACK = '/v1/session/oidc/callback';

describe('people who sign in through an identity provider', () => {
  let provider: TestIdentityProvider;
  let world: TradingWorld;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    provider = await TestIdentityProvider.open();
    folder = mkdtempSync(join(tmpdir(), 'adit-oidc-'));
    writeFileSync(join(folder, 'secret'), `${provider.secret}\n`);
    world = await TradingWorld.open({
      ADIT_OIDC_ISSUER: provider.issuer,
      ADIT_OIDC_CLIENT_ID: provider.clientId,
      ADIT_OIDC_CLIENT_SECRET_FILE: join(folder, 'secret'),
    });
    ({ url } = world.service);
    await provider.serve(url);
  });

  afterAll(async () => {
    await world.close();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const operator = (method: string, path: string, body?: object): Promise<Asked> =>
    ask(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(world.service.config.operatorTokenFile, 'utf8').trim()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const map = (subject: string, more: object): Promise<Asked> =>
    operator('POST', '/v1/people', { subject, label: `Person ${subject}`, ...more });

  const cookiesOf = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0] ?? '')
      .join('; ');
  const visit = (path: string, cookie = ''): Promise<Response> =>
    fetch(path.startsWith('http') ? path : `${url}${path}`, {
      redirect: 'manual',
      headers: { accept: 'application/json', cookie },
    });

  /** Begins a sign-in. Returns the cookie of the browser, and where it goes. */
  async function begin(): Promise<{ cookie: string; to: string }> {
    const answer = await visit('/v1/session/oidc');
    expect(answer.status).toBe(302);
    return { cookie: cookiesOf(answer), to: answer.headers.get('location') ?? '' };
  }

  /** Signs in by a name. Returns the answer to the browser that comes back, and its cookie. */
  async function signIn(name: string): Promise<{ answer: Response; cookie: string; back: string; before: string }> {
    const { cookie: before, to } = await begin();
    const back = await provider.signIn(to, name);
    const answer = await visit(back, before);
    return { answer, cookie: cookiesOf(answer), back, before };
  }

  const session = async (cookie: string): Promise<Record<string, unknown>> =>
    (await (await visit('/v1/session', cookie)).json()) as Record<string, unknown>;

  it('act for the actor to whom the operator mapped them, within their scopes', async () => {
    expect((await map('grace', { actor: 'trader', scopes: ['read', 'alerts'] })).status).toBe(201);
    const { answer, cookie } = await signIn('grace');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/']);
    expect(await session(cookie)).toMatchObject({ kind: 'actor', actor: 'trader', scopes: ['read', 'alerts'] });
    expect((await visit(`/v1/lots/${world.sold}`, cookie)).status).toBe(200);
    expect((await visit(`/v1/lots/${world.kept}`, cookie)).status).toBe(404);
    // The scope of shares and keys was not given.
    expect((await visit('/v1/keys', cookie)).status).toBe(403);
    const page = await (await fetch(`${url}/signin`, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('href="/v1/session/oidc"');
    expect(page).toContain(`Sign in through ${new URL(provider.issuer).host}`);
  });

  it('are the operator where they are mapped to none', async () => {
    await map('chief', { scopes: ['admin'] });
    const { cookie } = await signIn('chief');
    expect(await session(cookie)).toMatchObject({ kind: 'operator', actor: null, scopes: ['admin'] });
    expect((await visit('/v1/people', cookie)).status).toBe(403);
  });

  it('have no access before they are mapped, and learn their subject', async () => {
    const { answer, cookie } = await signIn('stranger-to-us');
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { code: 'not-allowed', detail: expect.stringContaining('stranger-to-us') },
    ]);
    expect(await session(cookie)).toMatchObject({ kind: 'nobody' });
  });

  it('end within seconds when the operator or their actor ends them, with the keys that they made', async () => {
    const made = await map('clerk', { actor: 'coop', scopes: ['read', 'share'] });
    const { cookie } = await signIn('clerk');
    const { csrf } = (await session(cookie)) as { csrf: string };
    const key = await ask(`${url}/v1/keys`, {
      method: 'POST',
      headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' },
      body: JSON.stringify({ label: 'x', scopes: ['read'] }),
    });
    const withKey = async (): Promise<number> =>
      (await ask(`${url}/v1/lots`, { headers: { authorization: `Bearer ${key.body.key as string}` } })).status;
    expect([key.status, await withKey()]).toEqual([201, 200]);
    expect((await world.read('coop', '/v1/people')).body.items).toEqual([
      expect.objectContaining({ subject: 'clerk' }),
    ]);
    expect((await world.read('buyer', '/v1/people')).body.items).toEqual([]);
    expect((await world.send('buyer', 'DELETE', `/v1/people/${made.body.id as string}`)).status).toBe(404);
    expect((await world.send('coop', 'DELETE', `/v1/people/${made.body.id as string}`)).status).toBe(204);
    const since = Date.now();
    while ((await visit('/v1/lots', cookie)).status !== 401 || (await withKey()) !== 401) {
      expect(Date.now() - since).toBeLessThan(5_000);
      await new Promise((done) => setTimeout(done, 100));
    }
    expect((await signIn('clerk')).answer.status).toBe(403);
  });

  it('end with the keys that they made as the operator', async () => {
    const made = await map('second-chief', { scopes: ['share', 'metrics'] });
    const { cookie } = await signIn('second-chief');
    const { csrf } = (await session(cookie)) as { csrf: string };
    const { status, body } = await ask(`${url}/v1/keys`, {
      method: 'POST',
      headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' },
      body: JSON.stringify({ label: 'x', scopes: ['metrics'] }),
    });
    const withKey = async (): Promise<number> =>
      (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${body.key as string}` } })).status;
    expect([status, await withKey()]).toEqual([201, 200]);
    expect((await operator('DELETE', `/v1/people/${made.body.id as string}`)).status).toBe(204);
    const since = Date.now();
    while ((await withKey()) !== 401) {
      expect(Date.now() - since).toBeLessThan(5_000);
      await new Promise((done) => setTimeout(done, 100));
    }
  });

  it('are not mapped by a program, even one of the operator', async () => {
    const { body } = await operator('POST', '/v1/keys', { label: 'x', scopes: ['admin', 'share'] });
    const asProgram = (method: string, path: string, asked?: object): Promise<Asked> =>
      ask(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${body.key as string}`, 'content-type': 'application/json' },
        ...(asked === undefined ? {} : { body: JSON.stringify(asked) }),
      });
    expect((await asProgram('GET', '/v1/people')).status).toBe(200);
    const thief = { subject: 'thief', label: 'x', actor: 'trader', scopes: ['read'] };
    expect(await asProgram('POST', '/v1/people', thief)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    expect((await signIn('thief')).answer.status).toBe(403);
  });

  it('refuses a return that this browser did not begin, that is changed, or that comes twice', async () => {
    await map('once', { actor: 'buyer', scopes: ['read'] });
    const { back, before, answer } = await signIn('once');
    expect(answer.status).toBe(302);
    const refused = { status: 401 };
    // The code was used, and the browser of another has no attempt.
    expect(await visit(back, before)).toMatchObject(refused);
    expect(await visit(back)).toMatchObject(refused);
    const other = await begin();
    expect(await visit(back, other.cookie)).toMatchObject(refused);
    const next = await begin();
    const returned = new URL(await provider.signIn(next.to, 'once'));
    for (const [name, value] of [
      ['state', 'x'],
      ['code', 'x'],
      ['iss', 'https://evil.example'],
    ] as const) {
      const changed = new URL(returned);
      changed.searchParams.set(name, value);
      expect([name, (await visit(changed.href, next.cookie)).status]).toEqual([name, 401]);
    }
    expect((await visit(`${CALLBACK}?error=access_denied&state=x`, next.cookie)).status).toBe(401);
    expect((await visit(CALLBACK, next.cookie)).status).toBe(401);
  });

  it('are mapped once, by the operator alone, with scopes of the actor alone', async () => {
    expect((await map('twice', { actor: 'buyer', scopes: ['read'] })).status).toBe(201);
    for (const [subject, more, pointer] of [
      ['twice', { actor: 'trader', scopes: ['read'] }, '/subject'],
      ['new', { actor: 'trader', scopes: ['admin'] }, '/scopes'],
      ['new', { actor: 'none', scopes: ['read'] }, '/actor'],
      ['new', { actor: 'trader', scopes: [] }, '/scopes'],
    ] as const) {
      const { status, body } = await map(subject, more);
      expect([subject, status, JSON.stringify(body.errors)]).toEqual([subject, 400, expect.stringContaining(pointer)]);
    }
    expect(
      (await world.send('trader', 'POST', '/v1/people', { subject: 'x', label: 'x', scopes: ['read'] })).status,
    ).toBe(403);
  });

  it('asks the configured provider alone', () => {
    const problems = (settings: Record<string, string>): boolean => {
      try {
        loadConfig(settings);
        return false;
      } catch {
        return true;
      }
    };
    expect(problems({ ADIT_OIDC_ISSUER: 'https://login.example.org' })).toBe(true);
    expect(problems({ ADIT_OIDC_ISSUER: 'http://login.example.org', ADIT_OIDC_CLIENT_ID: 'adit' })).toBe(true);
    expect(problems({ ADIT_OIDC_ISSUER: 'https://login.example.org', ADIT_OIDC_CLIENT_ID: 'adit' })).toBe(false);
    expect(provider.asked.filter((path) => path.startsWith('/.well-known')).length).toBe(1);
  });
});
