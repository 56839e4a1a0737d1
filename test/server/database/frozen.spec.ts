import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../../src/server/database/database.js';
import { isUnavailable } from '../../../src/server/database/is-unavailable.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../../support/database.js';
import { FreezingProxy } from '../../support/freezing-proxy.js';
import { startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

describe('connections to the database that are cut without a word', () => {
  let behind: TestDatabase;
  let proxy: FreezingProxy;
  let database: Database;

  beforeAll(async () => {
    behind = await testDatabase();
    proxy = new FreezingProxy(new URL(behind.url));
    database = new Database({ url: await proxy.start(), failed: () => undefined });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    proxy.stop();
    await behind.drop();
  });

  it('are given up within seconds, with an error that means "not now", and replaced', async () => {
    await Promise.all([1, 2, 3].map(() => database.rows('SELECT pg_sleep(0.05)')));
    expect(proxy.freeze()).toBe(3);
    const began = performance.now();
    const asked = database.rows('SELECT 1').then(
      () => null,
      (error: unknown) => error,
    );
    const within = database.transaction((db) => db.query('SELECT 1')).catch((error: unknown) => error);
    expect([isUnavailable(await asked), isUnavailable(await within)]).toEqual([true, true]);
    // A socket that nobody watches waits for ever; the bound is the watch's own limit, and room for a busy machine.
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(await database.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('are not taken for those on which a statement only takes long', async () => {
    expect(await database.rows('SELECT 1 AS one FROM pg_sleep(7)')).toEqual([{ one: 1 }]);
  });
});

describe('a service whose connections to the database are cut without a word', () => {
  it('answers 503 with Retry-After within the bound, and works again by itself', async () => {
    let service = await startTestServer({ ADIT_ROLE: 'api' });
    const proxy = new FreezingProxy(new URL(service.database.url));
    try {
      service = await service.restart({ ADIT_ROLE: 'api', DATABASE_URL: await proxy.start() });
      const { url } = service;
      const subscribe = (): Promise<Response> =>
        fetch(`${url}/v1/subscriptions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ channel: 'webhook', url: 'http://127.0.0.1/hook' }),
          signal: AbortSignal.timeout(30_000),
        });
      expect((await subscribe()).status).toBe(201);
      expect(proxy.freeze()).toBeGreaterThan(0);
      const refused = await subscribe();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      await until(async () => ((await subscribe()).status === 201 ? true : undefined));
    } finally {
      await service.close();
      proxy.stop();
    }
  });
});

describe('a failure of the database', () => {
  it.each(['57014', '25006', '53300', '53100', '57P01', '57P03', '08006', '40001'])('%s means "not now"', (code) => {
    expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(true);
  });
  it.each(['ECONNRESET', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EMFILE', 'ETIMEDOUT', 'ECONNREFUSED'])(
    '%s means "not now", also within another error',
    (code) => {
      const error = Object.assign(new Error('x'), { code });
      expect([isUnavailable(error), isUnavailable(new Error('wrapped', { cause: error }))]).toEqual([true, true]);
    },
  );
  it.each(['23505', '22021', '42P01', 'XX000'])('%s is a failure of ours', (code) => {
    expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(false);
  });
});

describe('a database with settings of its own', () => {
  it('is read and written alike, and one that takes nothing is said to', async () => {
    const service = await startTestServer({ ADIT_ROLE: 'all' });
    try {
      const name = new URL(service.database.url).pathname.slice(1);
      const settings = ["datestyle = 'German, DMY'", "timezone = 'Asia/Kathmandu'", "intervalstyle = 'iso_8601'"];
      settings.push("bytea_output = 'escape'", "search_path = 'nowhere'", 'extra_float_digits = -10');
      for (const one of settings) await asSuperuser(service.database.superuserUrl, `ALTER DATABASE ${name} SET ${one}`);
      const again = await service.restart();
      const post = (path: string, body: object): Promise<Response> =>
        fetch(`${again.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const made = await post('/v1/subscriptions', { channel: 'webhook', url: 'http://127.0.0.1/hook' });
      expect([made.status, (await made.json()) as object]).toMatchObject([201, { secret: expect.any(String) }]);
      const end = new Date(Date.now() + 3_600_000).toISOString();
      const silenced = await post('/v1/silences', { filters: { rules: ['mass-gained'] }, until: end, reason: 'x' });
      expect([silenced.status, (await silenced.json()) as object]).toMatchObject([201, { until: end }]);
      for (const path of ['/v1/subscriptions', '/v1/silences', '/v1/alerts', '/v1/lots', '/readyz'])
        expect([path, (await fetch(`${again.url}${path}`)).status]).toEqual([path, 200]);
      await readOnly(again.url, again.database, name);
      await again.server.close();
    } finally {
      await service.close();
    }
  });

  async function readOnly(url: string, database: TestDatabase, name: string): Promise<void> {
    await asSuperuser(database.superuserUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await asSuperuser(
      database.superuserUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
    );
    await until(async () => {
      const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: Record<string, string> };
      return checks['database'] === 'the database is read-only' ? true : undefined;
    });
    const refused = await fetch(`${url}/v1/subscriptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'webhook', url: 'http://127.0.0.1/hook' }),
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
  }
});
