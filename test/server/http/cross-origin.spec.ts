import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAsRegistrar } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { assertionOf, askToken, formOf } from '../../support/sign-in.js';

const DESK = 'https://desk.example.org';

describe('pages of other origins', () => {
  let service: TestServer;
  let token: string;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ACCESS: 'closed', ADIT_CORS_ORIGINS: DESK });
    const registrar = await openAsRegistrar(service.url);
    const trader = await registrar.register('trader', ['trader']);
    token = (await askToken(service.url, formOf(await assertionOf(trader)))).body.access_token as string;
  });
  afterAll(() => service.close());

  /** Sends a request with any headers, which `fetch` does not let pages choose. */
  const ask = (
    method: string,
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; headers: Record<string, unknown> }> =>
    new Promise((resolve, reject) => {
      const sent = request(`${service.url}${path}`, { method, headers }, (answer) => {
        answer.resume().once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      });
      sent.once('error', reject).end();
    });
  const preflight = (origin: string) => ({
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  });

  it('are let in where they are named, with tokens and without cookies', async () => {
    const asked = await ask('OPTIONS', '/v1/subscriptions', preflight(DESK));
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': DESK,
      'access-control-allow-headers': expect.stringContaining('authorization'),
    });
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const read = await ask('GET', '/v1/lots', { origin: DESK, authorization: `Bearer ${token}` });
    expect([read.status, read.headers['access-control-allow-origin']]).toEqual([200, DESK]);
  });

  it('are not let in otherwise', async () => {
    for (const origin of ['https://evil.example', 'null', `${DESK}.evil.example`, 'http://desk.example.org']) {
      const { headers } = await ask('OPTIONS', '/v1/subscriptions', preflight(origin));
      expect([origin, headers['access-control-allow-origin']]).toEqual([origin, undefined]);
      const read = await ask('GET', '/v1/lots', { origin, authorization: `Bearer ${token}` });
      expect([origin, read.headers['access-control-allow-origin']]).toEqual([origin, undefined]);
    }
  });

  it('have no headers of CORS where none is named', async () => {
    const closed = await startTestServer({ ADIT_ACCESS: 'closed' });
    try {
      const answer = await fetch(`${closed.url}/v1/ledger`, { headers: { origin: DESK } });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    } finally {
      await closed.close();
    }
  });
});
