import { afterEach, describe, expect, it } from '@jest/globals';
import { type TestServer, startTestServer } from '../../support/running-server.js';

describe('requests of one address', () => {
  let service: TestServer;

  afterEach(async () => {
    await service.close();
  });

  const ask = (path = '/v1/ledger', init: RequestInit = {}): Promise<Response> => fetch(`${service.url}${path}`, init);
  /** Returns the number that one address may send, and how many are left. */
  const left = ({ headers }: Response): (string | null)[] => [
    /^"address";q=([0-9]+);w=60/.exec(headers.get('ratelimit-policy') ?? '')?.[1] ?? null,
    /^"address";r=([0-9]+);t=[1-9][0-9]*/.exec(headers.get('ratelimit') ?? '')?.[1] ?? null,
  ];

  it('are told how many are left, and refused beyond that', async () => {
    service = await startTestServer({ ADIT_ROLE: 'api', ADIT_RATE_LIMIT_PER_MINUTE: '3' });
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"event":"x"}' };
    const answers = [await ask(), await ask('/v1/events', json), await ask('/v1/lots')];
    expect(answers.map(left)).toEqual([
      ['3', '2'],
      ['3', '1'],
      ['3', '0'],
    ]);
    for (const probe of ['/livez', '/readyz', '/metrics'])
      expect([probe, (await ask(probe)).status]).toEqual([probe, 200]);
    const refused = await ask('/v1/events', json);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: '/errors/rate-limited', status: 429, code: 'rate-limited' });
  });

  it('are those of the client where a named proxy forwards them, and of the proxy otherwise', async () => {
    const from = (client: string): Promise<Response> => ask('/v1/ledger', { headers: { 'x-forwarded-for': client } });
    for (const [proxies, rest] of [
      ['127.0.0.0/8,::1', ['1', '1', '0']],
      ['10.0.0.0/8', ['1', '0', null]],
    ] as const) {
      service = await startTestServer({ ADIT_RATE_LIMIT_PER_MINUTE: '2', ADIT_TRUST_PROXY: proxies });
      const answers = [await from('192.0.2.1'), await from('192.0.2.2'), await from('6.6.6.6, 192.0.2.1')];
      expect(answers.map((answer) => (answer.status === 429 ? null : left(answer)[1]))).toEqual(rest);
      if (rest[2] !== null) await service.close();
    }
  });

  it('are not counted where that is not wanted', async () => {
    service = await startTestServer({ ADIT_ROLE: 'api', ADIT_RATE_LIMIT_PER_MINUTE: '0' });
    expect(left(await ask())).toEqual([null, null]);
  });
});
