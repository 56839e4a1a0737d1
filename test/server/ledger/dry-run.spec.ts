import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { HonestWorld, type SignedEvent } from '../../support/honest-world.js';
import { type Body, OutsideActor, get, outsideKey } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

interface Result extends Body {
  status: string;
  id: string | null;
  missing?: string[];
  problem?: { code: string; detail: string; errors?: object[]; heads?: object; refusal?: string };
}

const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } }];
const place = { site: 'hill' };

describe('a dry run', () => {
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api', ADIT_CLOCK_INTERVAL_SECONDS: '3600' });
    world = await HonestWorld.open(service.url);
  });

  afterAll(async () => {
    await service.close();
  });

  const claimsOf = (event: string): Body =>
    JSON.parse(Buffer.from(event.split('.')[1] ?? '', 'base64url').toString('utf8')) as Body;

  async function post(path: string, body: unknown): Promise<{ status: number; body: Body }> {
    const response = await fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  async function batch(path: string, events: readonly unknown[]): Promise<Result[]> {
    const { status, body } = await post(
      path,
      events.map((event) => ({ event })),
    );
    expect([path, status, body]).toEqual([path, 200, { results: expect.anything() }]);
    return body.results as Result[];
  }

  const check = (...events: unknown[]): Promise<Result[]> => batch('/v1/events/check/batch', events);
  const record = (...events: string[]): Promise<Result[]> => batch('/v1/events/batch', events);

  /** What an answer says of the event, without what only a recorded event has. */
  const said = (results: readonly Result[]): unknown[] =>
    results.map(({ status, id, missing, problem }) => ({
      status,
      id,
      missing,
      code: problem?.code,
      detail: problem?.detail,
      errors: problem?.errors,
    }));

  /** A digest of every row of every table. */
  async function everything(): Promise<Record<string, string>> {
    const client = new pg.Client({ connectionString: service.database.superuserUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
      );
      const digests: Record<string, string> = {};
      for (const { name } of rows) {
        const found = await client.query<{ digest: string }>(
          `SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS digest FROM ${name} AS t`,
        );
        digests[name] = found.rows[0]?.digest ?? '';
      }
      expect(digests.entries).toMatch(/^[1-9]/);
      return digests;
    } finally {
      await client.end();
    }
  }

  /** Batches with something right and every kind of mistake, each built when its turn comes. */
  const batches: Record<string, () => Promise<string[]>> = {
    'an honest chain': async () => world.chain().map(({ event }) => event),
    'a chain whose middle is missing': async () => {
      const [declared, , received, parted] = world.chain();
      return [declared, received, parted].map((each) => each?.event ?? '');
    },
    'children before a refused parent': async () => {
      const parent = world.sign('trader', 'lot.declared', { place, outputs });
      const child = world.dispatch('trader', 'plant', parent.lots[0] ?? '', parent.id);
      return [child.event, parent.event];
    },
    'a child of an event with a mistake in it': async () => {
      const parent = world.sign('coop', 'lot.declared', { place, outputs, strange: 'claim' });
      return [parent.event, world.dispatch('coop', 'trader', parent.lots[0] ?? '', parent.id).event];
    },
    'a second sale, and a sale by a stranger to the lot': async () => {
      const declared = world.declare();
      const lot = declared.lots[0] ?? '';
      const sale = world.dispatch('coop', 'trader', lot, declared.id);
      return [
        declared,
        sale,
        world.dispatch('coop', 'rival', lot, declared.id),
        world.dispatch('rival', 'plant', lot, sale.id),
      ].map(({ event }) => event);
    },
    'names that are not registered': async () =>
      [
        world.sign('coop', 'lot.declared', { place: { site: 'nowhere' }, outputs }),
        world.sign('coop', 'lot.declared', { place, holder: 'nobody', outputs }),
      ].map(({ event }) => event),
    'a new actor and its first lot': async () => {
      const key = await outsideKey();
      const newcomer = new OutsideActor(service.url, world.registrar.log, `actor-${key.kid.slice(0, 6)}`, key);
      const registration = await world.registrar.sign('actor.registered', {
        actor: newcomer.id,
        roles: ['trader'],
        country: 'RW',
        key: key.jwk,
        possession: await newcomer.possession(newcomer.id, key),
      });
      return [registration.event, (await newcomer.sign('lot.declared', { place, outputs })).event];
    },
    'quantities that are none': async () =>
      ['-1', '48,6', '1e3', '']
        .map((value) => ({ ...outputs[0], mass: { value, uom: 'KGM' } }))
        .map((output) => world.sign('coop', 'lot.declared', { place, outputs: [output] }).event),
    'a checkpoint that never was': async () => {
      const seen = { size: 3, root: Buffer.alloc(32, 7).toString('base64') };
      return [world.sign('coop', 'lot.declared', { seen, place, outputs }).event];
    },
    'what only the service says': async () => [world.sign('coop', 'log.clock', {}).event],
  };

  it.each(Object.keys(batches))('answers %s as recording it does, signed or not, and changes nothing', async (name) => {
    const events = (await batches[name]?.()) ?? [];
    const before = await everything();
    const signed = await check(...events);
    const drafts = await check(...events.map(claimsOf));
    expect(await everything()).toEqual(before);
    const recorded = await record(...events);
    expect(said(signed)).toEqual(said(recorded));
    // A draft that is judged gets the id that its event has; one that cannot be read may have none.
    expect(said(drafts)).toEqual(said(recorded));
    for (const { problem } of [...signed, ...drafts]) expect(problem?.refusal).toBeUndefined();
    for (const { problem } of drafts) expect(problem?.heads).toBeUndefined();
  });

  it('answers what is logged already, what is no event, and what nobody known has signed', async () => {
    const [declared] = world.chain() as [SignedEvent];
    await record(declared.event);
    const stranger = new OutsideActor(service.url, world.registrar.log, 'coop', await outsideKey());
    const forged = await stranger.sign('lot.declared', { place, outputs });
    const events = [declared.event, 'a.b.c~', '', forged.event];
    expect((await check(...events)).map(({ status, problem }) => problem?.code ?? status)).toEqual([
      'duplicate',
      'event-malformed',
      'event-malformed',
      'key-unknown',
    ]);
    const claims = claimsOf(declared.event);
    const nobody = await check({ ...claims, iss: 'nobody' }, { ...claims, iss: undefined }, { type: 'lot.declared' });
    expect(nobody.map(({ problem }) => problem?.code)).toEqual(['key-unknown', 'key-unknown', 'key-unknown']);
    expect(nobody[0]?.problem?.detail).toBe('There is no actor nobody.');
  });

  it('shows the heads of lots to a party that signed, and to nobody who has not', async () => {
    const declared = world.declare();
    const lot = declared.lots[0] ?? '';
    const sale = world.dispatch('coop', 'trader', lot, declared.id);
    await record(declared.event, sale.event);
    const late = world.dispatch('coop', 'rival', lot, declared.id);
    const [signed, draft] = [await check(late.event), await check(claimsOf(late.event))];
    expect(signed[0]?.problem).toMatchObject({ code: 'head-moved', heads: { [lot]: sale.id } });
    expect(draft[0]?.problem).toMatchObject({ code: 'head-moved' });
    expect(draft[0]?.problem).not.toHaveProperty('heads');
  });

  it('takes the key that is in force, and says so where it was revoked', async () => {
    const worker = await world.registrar.register('worker', ['miner']);
    const declaration = await worker.sign('lot.declared', { place, outputs, holder: 'worker' });
    await world.registrar.must('key.revoked', { actor: 'worker', kid: worker.key.kid, reason: 'lost' });
    const [answer] = await check(claimsOf(declaration.event));
    expect(answer?.problem?.code).toBe('key-revoked');
  });

  it('answers one event alone, takes 256, and refuses more or what has no form', async () => {
    const { event, id } = world.declare();
    expect(await post('/v1/events/check', { event })).toEqual({ status: 200, body: { status: 'accepted', id } });
    const many = Array.from({ length: 256 }, () => ({ event }));
    expect((await post('/v1/events/check/batch', many)).status).toBe(200);
    const wrong = [[...many, { event }], [], [{}], [{ event: 1 }], { event: [] }];
    for (const body of wrong) expect((await post('/v1/events/check/batch', body)).status).toBe(400);
    expect((await get(service.url, `/v1/events/${id}`)).status).toBe(404);
  });

  it('counts claims as unsigned events while the service is busy', async () => {
    const claims = claimsOf(world.declare().event);
    const flood = await Promise.all(
      Array.from({ length: 12 }, () => check(...Array.from({ length: 100 }, () => claims))),
    );
    const codes = new Set(flood.flat().map(({ status, problem }) => problem?.code ?? status));
    // The same event again in one request is a repeat of the first, if so many are read.
    codes.delete('duplicate');
    expect([...codes].toSorted()).toEqual(['accepted', 'rate-limited']);
  });
});
