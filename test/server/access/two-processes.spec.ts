import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutsideActor, openAsRegistrar } from '../../support/outside-client.js';
import { type ServiceContext, ServiceProcess, newGround } from '../../support/service-process.js';
import { ask, askToken, assertionOf, boundToken, formOf, proofOf, readAs } from '../../support/sign-in.js';

/** Time after which a revoked key must prove nothing, ms. */
const LIMIT = 5_000;

const refused = { status: 401, body: { code: 'token-invalid' } };

describe('two processes of one ledger', () => {
  let ground: ServiceContext;
  let first: ServiceProcess;
  let second: ServiceProcess;
  let registrar: OutsideActor;

  beforeAll(async () => {
    ground = await newGround();
    const settings = { ADIT_ACCESS: 'closed', ADIT_PUBLIC_URL: 'https://ledger.example.org', ADIT_LOG_LEVEL: 'trace' };
    [first, second] = await Promise.all([
      ServiceProcess.start(ground, settings),
      ServiceProcess.start(ground, settings),
    ]);
    registrar = await openAsRegistrar(first.url);
  });

  afterAll(async () => {
    await Promise.all([first.kill(), second.kill()]);
    await ground.remove();
  });

  it('take an assertion and a proof once', async () => {
    const trader = await registrar.register('trader', ['trader']);
    const aud = 'https://ledger.example.org';
    const form = formOf(await assertionOf(trader, { claims: { aud } }));
    const both = await Promise.all([askToken(first.url, form), askToken(second.url, form)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    const token = await boundToken(trader);
    const dpop = await proofOf(trader.key, { method: 'GET', url: `${aud}/v1/lots`, token });
    const init = { headers: { authorization: `DPoP ${token}`, dpop } };
    const read = await Promise.all([first, second, first].map(({ url }) => ask(`${url}/v1/lots`, init)));
    expect(read.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    expect(await ask(`${second.url}/v1/lots`, init)).toMatchObject(refused);
  });

  /** Reads in both processes until neither answers any more, at most for the limit. */
  async function endsInBoth(actor: OutsideActor, tokens: readonly string[], since: number): Promise<void> {
    for (const { url } of [first, second])
      for (const token of tokens)
        for (;;) {
          const answer = await readAs(actor, token, '/v1/lots', url);
          if (answer.status !== 200) {
            expect(answer).toMatchObject(refused);
            break;
          }
          expect(Date.now() - since).toBeLessThan(LIMIT);
          await new Promise((done) => setTimeout(done, 100));
        }
  }

  it('refuse the tokens of a key within seconds of its revocation', async () => {
    const miner = await registrar.register('miner', ['miner']);
    const there = new OutsideActor(second.url, miner.log, 'miner', miner.key);
    const tokens = [await boundToken(miner), await boundToken(there)];
    for (const { url } of [first, second])
      for (const token of tokens) expect((await readAs(miner, token, '/v1/lots', url)).status).toBe(200);
    await registrar.must('key.revoked', { actor: 'miner', kid: miner.key.kid, reason: 'retired' });
    const since = Date.now();
    expect((await askToken(second.url, formOf(await assertionOf(there)))).status).toBe(401);
    await endsInBoth(miner, tokens, since);
  });

  it('refuse the tokens of an actor within seconds of its suspension', async () => {
    const broker = await registrar.register('broker', ['trader']);
    const token = await boundToken(broker);
    for (const { url } of [first, second]) expect((await readAs(broker, token, '/v1/lots', url)).status).toBe(200);
    await registrar.must('actor.statusChanged', { actor: 'broker', status: 'suspended' });
    await endsInBoth(broker, [token], Date.now());
  });

  it('write no token, assertion or proof to their logs', async () => {
    const buyer = await registrar.register('buyer', ['trader']);
    const assertion = await assertionOf(buyer);
    const { body } = await askToken(first.url, formOf(assertion));
    const token = body.access_token as string;
    await ask(`${first.url}/v1/lots?access_token=${token}`, { headers: { authorization: `Bearer ${token}` } });
    await askToken(first.url, formOf(assertion));
    await ask(`${first.url}/v1/lots`, { headers: { authorization: `Bearer ${token.slice(0, -2)}` } });
    const secrets = [assertion, token].map((text) => text.slice(text.lastIndexOf('.') + 1, -2));
    for (const { output } of [first, second]) for (const secret of secrets) expect(output).not.toContain(secret);
    expect(first.output.length).toBeGreaterThan(0);
  });
});
