import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign, UnsecuredJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { type OutsideActor, openAsRegistrar, outsideKey } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import {
  JWT_BEARER,
  ask,
  askToken,
  assertionOf,
  boundToken,
  formOf,
  proofOf,
  random,
  readAs,
  seconds,
} from '../../support/sign-in.js';

describe('signing in with the key of an actor', () => {
  let service: TestServer;
  let registrar: OutsideActor;
  let trader: OutsideActor;
  let rival: OutsideActor;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ACCESS: 'closed' });
    registrar = await openAsRegistrar(service.url);
    trader = await registrar.register('trader', ['trader']);
    rival = await registrar.register('rival', ['trader'], 'RW', 'ES256');
  });

  afterAll(async () => {
    await service.close();
  });

  const bearer = (token: string, path = '/v1/lots') =>
    ask(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

  it('gives a token for an assertion, as a form and as JSON, by both grants', async () => {
    const form = await askToken(service.url, { ...formOf(await assertionOf(trader)), scope: 'read' });
    expect(form).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'read', expires_in: 900 } });
    expect(form.headers.get('cache-control')).toBe('no-store');
    const json = await ask(`${service.url}/v1/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: JWT_BEARER, assertion: await assertionOf(rival) }),
    });
    expect(json).toMatchObject({ status: 200, body: { scope: 'read alerts share' } });
    for (const { body } of [form, json]) expect((await bearer(body.access_token as string)).status).toBe(200);
    const token = form.body.access_token as string;
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'Ed25519' });
    expect(decodeJwt(token)).toMatchObject({ sub: 'trader', client_id: 'trader', scope: 'read', key: trader.key.kid });
  });

  it('takes the addresses by which the service is called, and EdDSA as a name of the algorithm', async () => {
    const { port } = new URL(service.url);
    for (const base of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, `http://[::1]:${port}`])
      for (const aud of [base, `${base}/v1/token`]) {
        const assertion = await assertionOf(trader, { header: { alg: 'EdDSA' }, claims: { aud } });
        expect([aud, (await askToken(service.url, formOf(assertion))).status]).toEqual([aud, 200]);
      }
  });

  it('reads with a bound token and a proof, and not with less', async () => {
    for (const actor of [trader, rival]) {
      const token = await boundToken(actor);
      expect((await readAs(actor, token, '/v1/lots?limit=1')).status).toBe(200);
      const proof = await proofOf(actor.key, { method: 'GET', url: `${service.url}/v1/lots`, token });
      const refused = { status: 401, body: { code: 'token-invalid' } };
      const send = (headers: Record<string, string>) => ask(`${service.url}/v1/lots`, { headers });
      expect(await bearer(token)).toMatchObject(refused);
      expect(await send({ authorization: `DPoP ${token}` })).toMatchObject(refused);
      expect(await send({ authorization: `DPoP ${token}`, dpop: `${proof}, ${proof}` })).toMatchObject(refused);
      expect((await send({ authorization: `DPoP ${token}`, dpop: proof })).status).toBe(200);
      const again = await send({ authorization: `DPoP ${token}`, dpop: proof });
      expect(again).toMatchObject(refused);
      expect(again.headers.get('www-authenticate')).toMatch(
        /^DPoP .*error="invalid_token", Bearer .*error="invalid_token"/,
      );
    }
  });

  it('refuses a proof that is not for this request', async () => {
    const token = await boundToken(trader);
    const url = `${service.url}/v1/lots`;
    const other = await outsideKey();
    const request = { method: 'GET', url, token };
    const { d: _, ...es256 } = rival.key.jwk;
    const wrong = {
      method: proofOf(trader.key, { ...request, method: 'POST' }),
      path: proofOf(trader.key, { ...request, url: `${service.url}/v1/stock` }),
      host: proofOf(trader.key, { ...request, url: 'https://example.org/v1/lots' }),
      'another token': proofOf(trader.key, { ...request, token: 'another' }),
      'no token': proofOf(trader.key, { method: 'GET', url }),
      'too old': proofOf(trader.key, request, { claims: { iat: seconds() - 400 } }),
      'too new': proofOf(trader.key, request, { claims: { iat: seconds() + 400 } }),
      'no jti': proofOf(trader.key, request, { claims: { jti: undefined } }),
      'another key': proofOf(other, request),
      'a key that did not sign': proofOf(other, request, { header: { jwk: trader.key.jwk } }),
      'a key of another algorithm': proofOf(trader.key, request, { header: { jwk: es256 } }),
      'a private key': proofOf(trader.key, request, { header: { jwk: { ...trader.key.jwk, d: trader.key.jwk.x } } }),
      'another typ': proofOf(trader.key, request, { header: { typ: 'JWT' } }),
      'one more member in the header': proofOf(trader.key, request, { header: { kid: trader.key.kid } }),
    };
    for (const [what, proof] of Object.entries(wrong)) {
      const { status } = await ask(url, { headers: { authorization: `DPoP ${token}`, dpop: await proof } });
      expect([what, status]).toEqual([what, 401]);
    }
    expect((await readAs(trader, token, '/v1/lots')).status).toBe(200);
  });

  it('refuses an assertion that is not as it must be, with an error of OAuth', async () => {
    const other = await outsideKey();
    const { kid } = trader.key;
    const claims = { iss: 'trader', sub: 'trader', aud: service.url, exp: seconds() + 60, jti: random() };
    const withSecret = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ typ: 'client-authentication+jwt', alg: 'HS256', kid })
      .sign(Buffer.from(trader.key.jwk.x ?? '', 'base64url'));
    const [, payload = ''] = new UnsecuredJWT(claims).encode().split('.');
    const none = Buffer.from(JSON.stringify({ typ: 'client-authentication+jwt', alg: 'none', kid })).toString(
      'base64url',
    );
    const changed = (header: object, of: object = {}) =>
      assertionOf(trader, { header: { ...header }, claims: { ...of } });
    const wrong = {
      'alg none': `${none}.${payload}.`,
      'alg none with a signature': `${none}.${payload}.AAAA`,
      'HS256 by the public key': await withSecret,
      'a key that is in the header': await changed({ jwk: other.jwk }),
      'a key at an address': await changed({ jku: 'https://example.org/keys' }),
      'a certificate': await changed({ x5u: 'https://example.org/cert' }),
      'one more member in the header': await changed({ zip: 'DEF' }),
      'a key that is not registered': await assertionOf(trader, { key: other, header: { kid: other.kid } }),
      'the key of another actor': await assertionOf(trader, {
        key: rival.key,
        header: { alg: 'ES256', kid: rival.key.kid },
      }),
      'a kid that another key signed': await assertionOf(trader, { key: other }),
      'a kid with SQL': await changed({ kid: "' OR true --" }),
      'a kid that is a path': await changed({ kid: '../../../dev/null' }),
      'a kid that is no text': await changed({ kid: { toString: kid } }),
      'another typ': await changed({ typ: 'JWT' }),
      'typ with a prefix': await changed({ typ: 'application/client-authentication+jwt' }),
      expired: await changed({}, { exp: seconds() - 120 }),
      'valid too long': await changed({}, { exp: seconds() + 3_600 }),
      'not valid yet': await changed({}, { nbf: seconds() + 200 }),
      'made in the future': await changed({}, { iat: seconds() + 200 }),
      'no end': await changed({}, { exp: undefined }),
      'for another service': await changed({}, { aud: 'https://example.org' }),
      'for two services': await changed({}, { aud: [service.url, 'https://example.org'] }),
      'for nobody': await changed({}, { aud: undefined }),
      'another subject': await changed({}, { sub: 'rival' }),
      'another issuer': await changed({}, { iss: 'rival' }),
      'no jti': await changed({}, { jti: undefined }),
      'a short jti': await changed({}, { jti: '1' }),
      'no JWT': 'a.b',
      'too long': 'a'.repeat(8_200),
    };
    for (const [what, assertion] of Object.entries(wrong)) {
      const { status, body, headers } = await askToken(service.url, formOf(assertion));
      const isForm = what === 'too long';
      expect([what, status, body.error]).toEqual([
        what,
        isForm ? 400 : 401,
        isForm ? 'invalid_request' : 'invalid_client',
      ]);
      expect(body.error_description).toBe(body.detail);
      expect(headers.get('content-type')).toContain('application/problem+json');
      if (!isForm) expect(headers.get('www-authenticate')).toContain('DPoP');
    }
  });

  it('refuses requests for tokens that OAuth does not know, or does not allow', async () => {
    const form = formOf(await assertionOf(trader));
    const once = await assertionOf(trader);
    expect((await askToken(service.url, formOf(once))).status).toBe(200);
    const post = (type: string, body: string) =>
      ask(`${service.url}/v1/token`, { method: 'POST', headers: { 'content-type': type }, body });
    const encoded = new URLSearchParams(form).toString();
    const cases: [string, Awaited<ReturnType<typeof ask>>, number, string][] = [
      [
        'another grant',
        await askToken(service.url, { ...form, grant_type: 'password' }),
        400,
        'unsupported_grant_type',
      ],
      ['no grant', await askToken(service.url, {}), 400, 'invalid_request'],
      ['no assertion', await askToken(service.url, { grant_type: 'client_credentials' }), 400, 'invalid_request'],
      ['no assertion', await askToken(service.url, { grant_type: JWT_BEARER }), 400, 'invalid_request'],
      ['twice', await post('application/x-www-form-urlencoded', `${encoded}&${encoded}`), 400, 'invalid_request'],
      [
        'the scope of the operator',
        await askToken(service.url, { ...form, scope: 'read admin' }),
        400,
        'invalid_scope',
      ],
      ['no such scope', await askToken(service.url, { ...form, scope: 'toString' }), 400, 'invalid_scope'],
      ['another client', await askToken(service.url, { ...form, client_id: 'rival' }), 401, 'invalid_client'],
      ['a bad proof', await askToken(service.url, form, { dpop: 'x' }), 400, 'invalid_dpop_proof'],
      ['used before', await askToken(service.url, formOf(once)), 401, 'invalid_client'],
      ['used before', await askToken(service.url, { grant_type: JWT_BEARER, assertion: once }), 400, 'invalid_grant'],
    ];
    for (const [what, { status, body }, wanted, error] of cases)
      expect([what, status, body.error]).toEqual([what, wanted, error]);
    // A refused request does not use up its assertion.
    expect((await askToken(service.url, form)).status).toBe(200);
    // No other path takes a form.
    const init = { method: 'POST', body: new URLSearchParams({ event: 'x' }) };
    expect((await ask(`${service.url}/v1/events`, init)).status).toBe(415);
  });

  it('lets a token do no more than its scopes', async () => {
    const { body } = await askToken(service.url, { ...formOf(await assertionOf(trader)), scope: 'alerts' });
    const token = body.access_token as string;
    expect((await bearer(token, '/v1/subscriptions')).status).toBe(200);
    const refused = await bearer(token, '/v1/lots');
    expect(refused).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect((await bearer(token, '/metrics')).status).toBe(403);
  });

  it('refuses what is no token, also where none is needed', async () => {
    const token = await boundToken(trader);
    const [head = '', body = '', signature = ''] = token.split('.');
    const parts = (header: object, claims: object): string =>
      [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const claims = { ...decodeJwt(token), cnf: undefined };
    const forged = await assertionOf(trader, { header: { typ: 'at+jwt' }, claims });
    for (const authorization of [
      'Bearer x',
      'Bearer',
      'Basic dHJhZGVyOng=',
      `Bearer ${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `Bearer ${parts({ alg: 'none', typ: 'at+jwt', kid: '' }, claims)}.`,
      `Bearer ${forged}`,
      `Bearer  ${token} ${token}`,
    ])
      for (const path of ['/v1/lots', '/v1/ledger']) {
        const { status, headers } = await ask(`${service.url}${path}`, { headers: { authorization } });
        expect([authorization, path, status]).toEqual([authorization, path, 401]);
        expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
      }
    const without = await ask(`${service.url}/v1/lots`);
    expect(without).toMatchObject({ status: 401, body: { code: 'token-required' } });
    expect(without.headers.get('www-authenticate')).not.toContain('error=');
    expect((await ask(`${service.url}/v1/ledger`)).status).toBe(200);
  });
});
