import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { AditClient } from '../../src/client/adit-client.js';
import { AditProblem } from '../../src/client/problem.js';
import { KeyCredentials } from '../../src/client/key-credentials.js';
import { bearer, signingIn } from '../../src/client/sign-in.js';
import { type PrivateJwk, signerFromJwk } from '../../src/core/event/signer.js';
import { type OutsideActor, openAsRegistrar } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { runAdit } from '../support/run-adit.js';
import { seconds } from '../support/sign-in.js';

describe('signing in by itself', () => {
  let folder: string;
  let service: TestServer;
  let registrar: OutsideActor;
  let jwk: PrivateJwk;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-sign-in-'));
    service = await startTestServer({ ADIT_ACCESS: 'closed' });
    registrar = await openAsRegistrar(service.url);
    const trader = await registrar.register('trader', ['trader'], 'RW', 'ES256');
    jwk = (await exportJWK(trader.key.privateKey)) as PrivateJwk;
    writeFileSync(join(folder, 'trader.jwk'), JSON.stringify({ ...jwk, adit: { actor: 'trader' } }), { mode: 0o600 });
  });

  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A `fetch` that keeps what it asked for. */
  function watched(): { asked: string[]; fetcher: typeof fetch } {
    const asked: string[] = [];
    const fetcher: typeof fetch = (input, init) => {
      asked.push(`${init?.method ?? 'GET'} ${new URL(input instanceof Request ? input.url : input).pathname}`);
      return fetch(input, init);
    };
    return { asked, fetcher };
  }

  it('asks for a token once the service wants one, and for another when that has ended', async () => {
    const { asked, fetcher } = watched();
    let ahead = 0;
    const credentials = new KeyCredentials(service.url, 'trader', signerFromJwk(jwk), fetcher, () => seconds() + ahead);
    const client = new AditClient(
      service.url,
      signingIn(() => credentials, { fetcher }),
    );
    await client.ledger();
    expect(asked).toEqual(['GET /v1/ledger']);
    await client.lots();
    await client.lots();
    expect(asked.slice(1)).toEqual(['GET /v1/lots', 'POST /v1/token', 'GET /v1/lots', 'GET /v1/lots']);
    ahead = 20;
    credentials.discard();
    await client.lots();
    expect(asked.slice(5)).toEqual(['POST /v1/token', 'GET /v1/lots']);
  });

  it('signs in again where a token is refused, and then gives up', async () => {
    const { asked, fetcher } = watched();
    const good = new KeyCredentials(service.url, 'trader', signerFromJwk(jwk));
    let refusals = 1;
    const broken = {
      headers: async (method: string, url: string) =>
        refusals > 0 ? { authorization: 'Bearer x' } : good.headers(method, url),
      discard: () => (refusals -= 1) >= 0,
    };
    const client = new AditClient(
      service.url,
      signingIn(() => broken, { fetcher }),
    );
    await expect(client.lots()).rejects.toThrow(AditProblem);
    await client.lots();
    expect(asked).toEqual(['GET /v1/lots', 'GET /v1/lots', 'GET /v1/lots', 'GET /v1/lots']);
    const useless = new AditClient(
      service.url,
      signingIn(() => bearer('x')),
    );
    await expect(useless.lots()).rejects.toThrow(/token-invalid/);
    await expect(
      new AditClient(
        service.url,
        signingIn(() => null),
      ).lots(),
    ).rejects.toThrow(/token-required/);
  });

  it('is refused for a key that is not registered', async () => {
    const signer = signerFromJwk(jwk);
    const client = new AditClient(
      service.url,
      signingIn(() => new KeyCredentials(service.url, 'registrar', signer)),
    );
    await expect(client.lots()).rejects.toThrow(/token-invalid: iss and sub/);
  });

  it('is what commands do: with a key, a token, or as the operator on its machine', async () => {
    const { operatorTokenFile } = service.config;
    expect(statSync(operatorTokenFile).mode & 0o777).toBe(0o600);
    const operator = { ADIT_OPERATOR_TOKEN_FILE: operatorTokenFile };
    const args = ['actors', '--server', service.url, '--json'];
    for (const [more, environment] of [
      [['--key', 'trader.jwk'], {}],
      [[], { ADIT_KEY: 'trader.jwk' }],
      [[], { ADIT_TOKEN: readFileSync(operatorTokenFile, 'utf8').trim() }],
      [[], operator],
    ] as const) {
      const { code, out, err } = await runAdit(folder, [...args, ...more], environment);
      expect([code, err]).toEqual([0, '']);
      // An actor sees itself, and the operator the whole registry.
      expect(out).toContain(
        Object.keys(environment).length === 0 || 'ADIT_KEY' in environment ? '"trader"' : '"registrar"',
      );
    }
    const elsewhere = service.url.replace('127.0.0.1', '127.0.0.1.nip.io');
    const other = await runAdit(folder, ['actors', '--server', elsewhere], operator);
    expect(other.code).not.toBe(0);
  });

  it('shows who one is, and prints a link for a browser', async () => {
    const operator = { ADIT_OPERATOR_TOKEN_FILE: service.config.operatorTokenFile };
    const said = async (args: string[], environment = {}): Promise<string> =>
      (await runAdit(folder, ['login', '--server', service.url, ...args], environment)).out;
    expect(await said(['--key', 'trader.jwk'])).toBe('You are trader.\nYou may: read, alerts, share\n');
    expect(await said([], operator)).toMatch(/^You are the operator[^]*admin/);
    expect(await said([])).toMatch(/^You are not signed in/);
    const { url } = JSON.parse(await said(['--link', '--json'], operator)) as { url: string };
    const answer = await fetch(`${service.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret: new URL(url).hash.slice(1) }),
    });
    expect(await answer.json()).toMatchObject({ kind: 'operator' });
    const refused = await runAdit(folder, ['login', '--link', '--server', service.url, '--key', 'trader.jwk']);
    expect(refused.code).toBe(4);
  });

  it('ends commands with code 4 where nothing signs them in, and with advice', async () => {
    const args = ['actors', '--server', service.url];
    const without = await runAdit(folder, args);
    expect([without.code, without.out]).toEqual([4, '']);
    expect(without.err).toMatch(/token-required[^]*--key FILE[^]*ADIT_TOKEN[^]*operator/);
    const token = readFileSync(service.config.operatorTokenFile, 'utf8').trim();
    const mistyped = `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`;
    writeFileSync(join(folder, 'nameless.jwk'), JSON.stringify(jwk), { mode: 0o600 });
    const nameless = await runAdit(folder, args, { ADIT_KEY: 'nameless.jwk' });
    expect([nameless.code, nameless.err]).toEqual([2, expect.stringContaining('--as ACTOR')]);
    const wrong = await runAdit(folder, args, { ADIT_TOKEN: mistyped });
    expect([wrong.code, wrong.err]).toEqual([4, expect.stringContaining('checksum')]);
  });
});
