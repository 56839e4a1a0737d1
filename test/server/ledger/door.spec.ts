import { KeyObject, createHash, sign } from 'node:crypto';
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
  signCompact,
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

  it('is, of an event that is sent again under another signature, what was logged', async () => {
    const newcomer = new OutsideActor(service.url, LOG, 'signer', await outsideKey('ES256'));
    await world.registrar.must('actor.registered', await registration(newcomer));
    const site = { site: 'moor', country: 'RW', operator: 'signer', minerals: ['gold'] };
    await world.registrar.must('site.registered', site);
    const first = await newcomer.must('lot.declared', { ...declaration, place: { site: 'moor' } });
    const payload = JSON.parse(Buffer.from(first.event.split('.')[1] ?? '', 'base64url').toString()) as Body;
    let other = first.event;
    while (other === first.event) other = `${await signCompact(payload, 'custody-event+sd-jwt', newcomer.key)}~`;
    expect(eventIdOf(other)).toBe(first.id);
    const again = await post(service.url, other);
    expect(again).toMatchObject({ status: 200, body: { id: first.id, event: first.event } });
    expect((await post(service.url, first.event)).body).not.toHaveProperty('event');
  });

  it('is, of an identifier with a character that cannot be seen, where it stands', async () => {
    const outputs = [{ mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' }, tags: ['LOOK-1 '] }];
    const answer = await world.actor('coop').record('lot.declared', { place: { site: 'hill' }, outputs });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'schema-invalid', errors: [{ pointer: '/outputs/0/tags/0', code: 'schema-invalid' }] },
    });
  });

  it.each([
    ['/v1/lots?tag=LOOK-1%20', '/tag'],
    ['/v1/lots?lotNumber=LOOK%E2%80%8B-1', '/lotNumber'],
    ['/v1/lots?name=LOOK%20%20-1', '/name'],
    ['/v1/tags/LOOK-1%20', undefined],
  ])('is, of a name that no event can say, in a request too: %s', async (path, pointer) => {
    const { status, body } = await get(service.url, path);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'request-invalid' });
    expect(JSON.stringify(body)).toContain('printable ASCII');
    if (pointer !== undefined) expect(body.errors).toEqual([expect.objectContaining({ pointer })]);
  });

  it('takes what is disclosed of an event that somebody else has sent first, without it', async () => {
    const outputs = [{ mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' } }];
    const { id, lots } = await world.actor('coop').must('lot.declared', { place: { site: 'hill' }, outputs });
    const disclosure = Buffer.from(JSON.stringify(['A'.repeat(22), 'vehicle', 'RAB 482 K'])).toString('base64url');
    const _sd = [createHash('sha256').update(disclosure).digest('base64url')];
    const sale = { to: 'trader', lots: [{ lot: lots[0], prev: id }], _sd };
    const { event, id: sold } = await world.actor('coop').sign('custody.dispatched', sale);
    const stored = async (): Promise<unknown> => (await get(service.url, `/v1/events/${sold}`)).body.event;
    expect((await post(service.url, event)).status).toBe(201);
    expect(await stored()).toBe(event);
    for (let i = 0; i < 2; i += 1) {
      expect((await post(service.url, `${event}${disclosure}~`)).status).toBe(200);
      expect(await stored()).toBe(`${event}${disclosure}~`);
    }
  });

  it('opens one ledger only', async () => {
    await expect(openAsRegistrar(service.url)).rejects.toThrow('ledger-already-open');
  });
});
