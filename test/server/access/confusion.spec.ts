import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPresentation } from '../../../src/core/bundle/presentation.js';
import { signerFromJwk } from '../../../src/core/event/build.js';
import { exportJWK } from 'jose';
import { get, post } from '../../support/outside-client.js';
import { ask, askToken, assertionOf, boundToken, formOf, proofOf, seconds } from '../../support/sign-in.js';
import { TradingWorld } from '../../support/trading-world.js';

/** What is signed, by trader's one key or by the service, each made anew for each attempt. */
type Kind =
  | 'event'
  | 'possession'
  | 'refusal'
  | 'assertion'
  | 'access token'
  | 'proof'
  | 'presentation'
  | 'checkpoint'
  | 'key for machines'
  | 'share';

describe('what is signed or made for one purpose, sent to every entrance of the service', () => {
  let world: TradingWorld;
  let url: string;
  let bound: string;
  let secrets: Record<'key for machines' | 'share', string>;

  beforeAll(async () => {
    world = await TradingWorld.open();
    ({ url } = world.service);
    bound = await boundToken(world.actor('trader'));
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const key = await world.send('trader', 'POST', '/v1/keys', { label: 'x', scopes: ['read'] });
    const share = await world.send('trader', 'POST', `/v1/lots/${world.sold}/shares`, { expiresAt });
    secrets = { 'key for machines': key.body.key as string, share: share.body.secret as string };
  });

  afterAll(() => world.close());

  const newEvent = async (): Promise<string> =>
    (
      await world
        .actor('trader')
        .sign('grant.given', { to: 'auditor', until: new Date(Date.now() + 60_000).toISOString() })
    ).event;

  const made: Record<Kind, () => Promise<string>> = {
    event: newEvent,
    possession: () => world.actor('trader').possession('trader', world.actor('trader').key),
    refusal: async () =>
      (await world.actor('trader').record('grant.given', { to: 'nobody-there', until: '2099-01-01T00:00:00Z' })).body
        .refusal as string,
    assertion: () => assertionOf(world.actor('trader')),
    'access token': async () =>
      (await askToken(url, formOf(await assertionOf(world.actor('trader'))))).body.access_token as string,
    proof: () => proofOf(world.actor('trader').key, { method: 'GET', url: `${url}/v1/lots`, token: bound }),
    presentation: async () => {
      const jwk = await exportJWK(world.actor('trader').key.privateKey);
      const { kty, crv, x, d } = jwk as Record<string, string>;
      const signer = signerFromJwk({ kty, crv, x, d } as never);
      return buildPresentation(
        { event: await newEvent(), disclosures: [], by: 'trader', to: url, now: seconds() },
        signer,
      );
    },
    checkpoint: async () => (await get(url, '/log/checkpoint')).body.text as string,
    'key for machines': () => Promise.resolve(secrets['key for machines']),
    share: () => Promise.resolve(secrets.share),
  };

  const reads = async (headers: Record<string, string>): Promise<boolean> => {
    const answer = await ask(`${url}/v1/lots`, { headers }).catch(() => ({ status: 0 }));
    return answer.status === 200;
  };
  /** Every entrance: whether it takes a text. A header takes no line breaks. */
  const entrances: Record<string, { own: readonly Kind[]; takes: (text: string) => Promise<boolean> }> = {
    'POST /v1/events': { own: ['event'], takes: async (text) => (await post(url, text)).status < 300 },
    'POST /v1/token': { own: ['assertion'], takes: async (text) => (await askToken(url, formOf(text))).status === 200 },
    'POST /v1/session': {
      own: ['assertion'],
      takes: async (assertion) =>
        (
          await ask(`${url}/v1/session`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ assertion }),
          })
        ).status === 200,
    },
    'Authorization: Bearer': {
      own: ['access token', 'key for machines'],
      takes: (text) => reads({ authorization: `Bearer ${text}` }),
    },
    'Authorization: DPoP': {
      own: [],
      takes: async (text) =>
        reads({
          authorization: `DPoP ${text}`,
          dpop: await proofOf(world.actor('trader').key, { method: 'GET', url: `${url}/v1/lots`, token: text }),
        }),
    },
    'Authorization: Share': {
      own: ['share'],
      takes: async (text) =>
        (await ask(`${url}/v1/shared`, { headers: { authorization: `Share ${text}` } }).catch(() => ({ status: 0 })))
          .status === 200,
    },
    DPoP: { own: ['proof'], takes: (text) => reads({ authorization: `DPoP ${bound}`, dpop: text }) },
    'possession of a key': {
      own: ['possession'],
      takes: async (possession) =>
        // The key is registered already: a possession that verifies is refused for that, and any other for what it is.
        (
          await world
            .actor('trader')
            .record('key.added', { actor: 'trader', key: world.actor('trader').key.jwk, possession })
        ).body.code === 'key-exists',
    },
  };

  it.each(Object.keys(made) as Kind[])('%s', async (kind) => {
    const taken: string[] = [];
    for (const [name, { takes }] of Object.entries(entrances)) {
      const text = await made[kind]();
      expect([kind, typeof text]).toEqual([kind, 'string']);
      for (const form of new Set([text, text.replace(/~$/, ''), `${text.replace(/~$/, '')}~`]))
        if (await takes(form)) taken.push(name);
    }
    expect(taken).toEqual(Object.keys(entrances).filter((name) => entrances[name]?.own.includes(kind)));
  });
});
