import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { type Body, OutsideActor, get, post } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { long, whole } from '../support/rounds.js';

const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The signature (r, n − s), which verifies wherever the rule of low S is not kept. */
function twinOf(event: string): string {
  const [header, payload, rest = ''] = event.split('.');
  const bytes = Buffer.from(rest.replace('~', ''), 'base64url');
  const s = P256_ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return `${header}.${payload}.${twin.toString('base64url')}~`;
}

/** The same bytes written with other padding bits: 64 bytes leave two bits of the last character unused. */
function otherPadding(event: string): string {
  const jws = event.slice(0, -1);
  const last = ALPHABET.indexOf(jws.at(-1) ?? '');
  return `${jws.slice(0, -1)}${ALPHABET[last + 1]}~`;
}

describe('an event that is sent again', () => {
  let service: TestServer;
  let world: HonestWorld;
  const acknowledged = new Acknowledged();
  const size = async (): Promise<number> => Number((await get(service.url, '/v1/ledger')).body.size);

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  });

  afterAll(async () => {
    await service.close();
  });

  const times = long ? 1_000 : whole ? 10 : 4;
  it(`is stored once when its batch is sent twice at once, ${times} times, with one receipt`, async () => {
    for (let round = 0; round < times; round += 1) {
      const batch = world.batch(10);
      const before = await size();
      const endings = await Promise.all([
        acknowledged.sendBatch(service.url, batch),
        acknowledged.sendBatch(service.url, batch),
      ]);
      expect(endings).toEqual(['answered', 'answered']);
      expect((await size()) - before).toBeGreaterThanOrEqual(batch.length);
      // At most the log's own time came between.
      expect((await size()) - before).toBeLessThanOrEqual(batch.length + 1);
    }
    await expectLedgerIntact(service, acknowledged, true);
  });

  it('is stored once when it stands twice in one batch', async () => {
    const declared = world.declare();
    const before = await size();
    expect(await acknowledged.sendBatch(service.url, [declared, declared])).toBe('answered');
    expect((await size()) - before).toBeGreaterThanOrEqual(1);
    // At most the log's own time came between.
    expect((await size()) - before).toBeLessThanOrEqual(2);
    await expectLedgerIntact(service, acknowledged);
  });

  it('makes no second entry as the twin of its ES256 signature, nor with other padding bits', async () => {
    const miner = await world.registrar.register('digger', ['miner'], 'RW', 'ES256');
    await world.registrar.must('site.registered', {
      site: 'pit',
      country: 'RW',
      operator: 'digger',
      minerals: ['gold'],
    });
    const output = { mineral: 'gold', form: 'dore', mass: { value: '1.5', uom: 'KGM' } };
    const claims = { place: { site: 'pit' }, outputs: [output] };
    const stored = await miner.must('lot.declared', claims);
    const before = await size();
    const again = await post(service.url, twinOf(stored.event));
    expect(again).toEqual({ status: 200, body: stored.body });
    expect(await post(service.url, otherPadding(stored.event))).toMatchObject({
      status: 422,
      body: { code: 'event-malformed' },
    });
    const fresh = await miner.sign('lot.declared', claims);
    expect(await post(service.url, twinOf(fresh.event))).toMatchObject({
      status: 403,
      body: { code: 'signature-invalid' },
    });
    expect(await post(service.url, otherPadding(fresh.event))).toMatchObject({ status: 422 });
    expect(await size()).toBe(before);
    expect((await get(service.url, `/v1/events/${stored.id}`)).body.event).toBe(stored.event);
  });

  it('is refused if it was signed for another log', async () => {
    const { key } = world.actor('coop');
    const stranger = new OutsideActor(service.url, 'example.org/other', 'coop', key);
    const before = await size();
    expect(await stranger.record('lot.closed', { lots: [] })).toMatchObject({
      status: 422,
      body: { code: 'log-mismatch' },
    });
    expect(await size()).toBe(before);
  });

  it('is refused as an event of another lot, once its own chain has moved, and after its key is revoked', async () => {
    const [one, other] = [world.declare(), world.declare()];
    await acknowledged.sendBatch(service.url, [one, other]);
    const [lot = '', second = ''] = [...one.lots, ...other.lots];
    const wrong = await post(service.url, world.dispatch('coop', 'trader', second, one.id).event);
    expect(wrong).toMatchObject({ status: 409, body: { code: 'head-moved' } });
    const spare = world.actor('rival');
    const unused = world.dispatch('rival', 'trader', lot, one.id);
    await world.registrar.must('key.revoked', { actor: 'rival', kid: spare.key.kid, reason: 'lost' });
    const before = await size();
    expect(await post(service.url, unused.event)).toMatchObject({ status: 403, body: { code: 'key-revoked' } });
    expect(await size()).toBe(before);
    const accepted = acknowledged.stored.get(one.id);
    expect(await post(service.url, one.event)).toEqual({ status: 200, body: { id: one.id, ...accepted } as Body });
    expect(await size()).toBe(before);
  });
});
