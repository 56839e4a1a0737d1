import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OutsideActor, openAsRegistrar } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { type Asked, ask, askToken, assertionOf, formOf } from '../../support/sign-in.js';

const [READS, CHANGES] = [6, 3];

describe('limits of one actor', () => {
  let service: TestServer;
  let trader: OutsideActor;
  let rival: OutsideActor;

  beforeAll(async () => {
    service = await startTestServer({
      ADIT_ACCESS: 'closed',
      ADIT_READS_PER_MINUTE: String(READS),
      ADIT_CHANGES_PER_MINUTE: String(CHANGES),
    });
    const registrar = await openAsRegistrar(service.url);
    trader = await registrar.register('trader', ['trader']);
    rival = await registrar.register('rival', ['trader']);
  });
  afterAll(() => service.close());

  const tokenOf = async (actor: OutsideActor): Promise<string> =>
    (await askToken(service.url, formOf(await assertionOf(actor)))).body.access_token as string;
  const send = (token: string, method: string, path: string, body?: object): Promise<Asked> =>
    ask(`${service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const label = (n: number): object => ({ label: `key ${n}`, scopes: ['read'] });

  it('count reads and changes apart, over all its tokens and keys, and leave others alone', async () => {
    const [first, second, other] = [await tokenOf(trader), await tokenOf(trader), await tokenOf(rival)];
    const made = await send(first, 'POST', '/v1/keys', label(0));
    expect(made.headers.get('ratelimit')).toMatch(new RegExp(`"changes";r=${CHANGES - 1};t=[0-9]+$`));
    const tokens = [first, second, made.body.key as string];
    for (let n = 0; n < READS; n += 1) {
      const { status, headers } = await send(tokens[n % tokens.length] ?? '', 'GET', '/v1/lots');
      expect([n, status, headers.get('ratelimit')]).toEqual([
        n,
        200,
        expect.stringMatching(new RegExp(`"reads";r=${READS - 1 - n};t=[0-9]+$`)),
      ]);
      expect(headers.get('ratelimit-policy')).toContain(`"reads";q=${READS};w=60`);
    }
    const refused = await send(second, 'GET', '/v1/stock');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let n = 1; n < CHANGES; n += 1) expect((await send(first, 'POST', '/v1/keys', label(n))).status).toBe(201);
    expect((await send(first, 'POST', '/v1/keys', label(9))).status).toBe(429);
    // A page of the desk shows a stranger the sign-in, and an actor what it holds.
    expect((await send(first, 'GET', '/desk')).status).toBe(429);
    // Who sends no token is not counted, and events are not: they are signed.
    expect((await fetch(`${service.url}/v1/ledger`)).status).toBe(200);
    expect(
      (await trader.record('key.revoked', { actor: 'trader', kid: rival.key.kid, reason: 'none' })).status,
    ).not.toBe(429);
    expect((await send(other, 'GET', '/v1/lots')).status).toBe(200);
  });
});
