import { KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HonestWorld } from '../../support/honest-world.js';
import {
  type Answer,
  type Body,
  OutsideActor,
  eventIdOf,
  get,
  openAsRegistrar,
  outsideKey,
  post,
} from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const LOG = 'example.org/tin';
const codeOf = ({ status, body }: Answer): unknown[] => [status, body.code];

describe('what the door says of an event', () => {
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
  });

  afterAll(async () => {
    await service.close();
  });

  const declaration = {
    place: { site: 'hill' },
    outputs: [{ mineral: 'gold', form: 'dore', mass: { value: '1', uom: 'KGM' } }],
  };

  /** Somebody with a key that nobody has registered, who calls himself what he likes. */
  const stranger = async (id: string): Promise<OutsideActor> =>
    new OutsideActor(service.url, LOG, id, await outsideKey());

  /** The claims that register an actor with this key, signed by whoever. */
  const registration = async (actor: OutsideActor, more: Body = {}): Promise<Body> => ({
    actor: actor.id,
    roles: ['miner'],
    country: 'RW',
    key: actor.key.jwk,
    possession: await actor.possession(actor.id, actor.key),
    ...more,
  });

  async function batch(events: readonly string[]): Promise<string[]> {
    const response = await fetch(`${service.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events.map((event) => ({ event }))),
    });
    const { results } = (await response.json()) as { results: { status: string; problem?: { code: string } }[] };
    return results.map(({ status, problem }) => problem?.code ?? status);
  }

  it('is, before entry 0, that there is none, whatever key an event brings along', async () => {
    const self = await stranger('newcomer');
    for (const more of [{}, { possession: 'a.b.c' }, { strange: 'claim' }])
      expect(codeOf(await self.record('actor.registered', await registration(self, more)))).toEqual([
        409,
        'ledger-not-open',
      ]);
    const opening = { logKey: 'none', serviceKey: self.key.jwk, registrar: { actor: 'newcomer', key: self.key.jwk } };
    expect(codeOf(await self.record('ledger.opened', opening))).toEqual([422, 'schema-invalid']);
    const other = await stranger('newcomer');
    expect(codeOf(await other.record('ledger.opened', opening))).toEqual([409, 'ledger-not-open']);
    world = await HonestWorld.open(service.url);
  });

  it('is that the key is unknown, until an earlier event has brought it into the log', async () => {
    const self = await stranger('newcomer');
    for (const more of [{}, { possession: 'a.b.c' }, { strange: 'claim' }])
      expect(codeOf(await self.record('actor.registered', await registration(self, more)))).toEqual([
        403,
        'key-unknown',
      ]);
    const claims = await registration(self);
    const byTrader = await world.actor('trader').sign('actor.registered', claims);
    const byRegistrar = await world.registrar.sign('actor.registered', claims);
    const wrong = await self.sign('lot.declared', { ...declaration, strange: 'claim' });
    const right = await self.sign('lot.declared', declaration);
    expect(await batch([wrong.event, byTrader.event, wrong.event, right.event])).toEqual([
      'key-unknown',
      'role-not-allowed',
      'key-unknown',
      'key-unknown',
    ]);
    expect(await batch([byRegistrar.event, wrong.event, right.event])).toEqual([
      'accepted',
      'schema-invalid',
      'role-not-allowed',
    ]);
  });

  it('is that an actor does not speak as the ledger', async () => {
    const { key } = world.actor('coop');
    const posing = new OutsideActor(service.url, LOG, 'ledger', key);
    expect(codeOf(await posing.record('log.clock', {}))).toEqual([403, 'issuer-mismatch']);
    expect(codeOf(await posing.record('lot.declared', declaration))).toEqual([403, 'issuer-mismatch']);
    const unknown = await stranger('ledger');
    expect(codeOf(await unknown.record('log.clock', {}))).toEqual([403, 'key-unknown']);
  });

  describe('with its id', () => {
    const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

    function signed(header: Body, payload: Body): string {
      const input = `${base64url(header)}.${base64url(payload)}`;
      const key = KeyObject.from(world.actor('coop').key.privateKey);
      return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}~`;
    }

    const header = (more: Body = {}): Body => ({
      alg: 'Ed25519',
      kid: world.actor('coop').key.kid,
      typ: 'custody-event+sd-jwt',
      ...more,
    });
    const refused: [string, string, () => string][] = [
      ['signed by EdDSA', 'header-invalid', () => signed(header({ alg: 'EdDSA' }), {})],
      ['with its key in the header', 'header-invalid', () => signed(header({ jwk: world.actor('coop').key.jwk }), {})],
      ['with a large payload', 'event-too-large', () => signed(header(), { a: 'x'.repeat(33_000) })],
      ['with a very large payload', 'event-too-large', () => signed(header(), { a: 'x'.repeat(600_000) })],
      ['without the closing tilde', 'event-malformed', () => signed(header(), {}).slice(0, -1)],
    ];

    it.each(refused)('where it is %s', async (_, code, event) => {
      const text = event();
      const { status, body } = await post(service.url, text);
      expect([status, body.code]).toEqual([422, code]);
      const [, payload = ''] = String(body.refusal).split('.');
      const refusal = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Body;
      expect(refusal).toMatchObject({ event: eventIdOf(text), code });
    });

    it('and with none where there is no JWS', async () => {
      const { body } = await post(service.url, 'a.b~');
      const [, payload = ''] = String(body.refusal).split('.');
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).toMatchObject({ event: null });
    });

    it('is malformed where it is, though a good copy of it is in the log', async () => {
      const { event } = await world.actor('coop').must('lot.declared', {
        ...declaration,
        outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' } }],
      });
      expect(codeOf(await post(service.url, `${event}~`))).toEqual([422, 'event-malformed']);
      expect((await post(service.url, event)).status).toBe(200);
      expect((await get(service.url, `/v1/events/${eventIdOf(event)}`)).status).toBe(200);
    });
  });

  it('opens one ledger only', async () => {
    await expect(openAsRegistrar(service.url)).rejects.toThrow('ledger-already-open');
  });
});
