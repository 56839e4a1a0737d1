import { afterEach, describe, expect, it } from '@jest/globals';
import { type TestServer, startTestServer } from '../../support/running-server.js';

describe('requests of one address', () => {
  let service: TestServer;

  afterEach(async () => {
    await service.close();
  });

  const ask = (path = '/v1/ledger', init: RequestInit = {}): Promise<Response> => fetch(`${service.url}${path}`, init);
  const left = ({ headers }: Response): (string | null)[] =>
    ['limit', 'remaining'].map((name) => headers.get(`ratelimit-${name}`));

  it('are told how many are left, and refused beyond that', async () => {
    service = await startTestServer({ ADIT_ROLE: 'api', ADIT_RATE_LIMIT_PER_MINUTE: '3' });
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"event":"x"}' };
    const answers = [await ask(), await ask('/v1/events', json), await ask('/v1/lots')];
    expect(answers.map(left)).toEqual([
      ['3', '2'],
      ['3', '1'],
      ['3', '0'],
    ]);
    expect(Number(answers[0]?.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    for (const probe of ['/livez', '/readyz', '/metrics'])
      expect([probe, (await ask(probe)).status]).toEqual([probe, 200]);
    const refused = await ask('/v1/events', json);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: '/errors/rate-limited', status: 429, code: 'rate-limited' });
  });

  it('are not counted where that is not wanted', async () => {
    service = await startTestServer({ ADIT_ROLE: 'api', ADIT_RATE_LIMIT_PER_MINUTE: '0' });
    expect(left(await ask())).toEqual([null, null]);
  });
});
