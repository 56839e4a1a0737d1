import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Body, type OutsideActor, get, openAsRegistrar } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const grams = (value: number): Body => ({ value: String(value), uom: 'GRM' });
const tin = (value: number, more: Body = {}): Body => ({
  mineral: 'cassiterite',
  form: 'concentrate',
  mass: grams(value),
  ...more,
});

interface Made {
  id: string;
  lots: string[];
}

describe('asking about a lot', () => {
  let service: TestServer;
  let coop: OutsideActor;
  let events: string[] = [];

  beforeAll(async () => {
    service = await startTestServer();
    const registrar = await openAsRegistrar(service.url);
    coop = await registrar.register('coop', ['miner']);
    await registrar.register('trader', ['trader']);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite', 'gold'],
    });
  });

  afterAll(async () => {
    await service.close();
  });

  /** Signs, to be sent later with everything else. */
  async function sign(type: string, claims: Body): Promise<Made> {
    const signed = await coop.sign(type, claims);
    events.push(signed.event);
    return signed;
  }

  async function send(): Promise<void> {
    const response = await fetch(`${service.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events.map((event) => ({ event }))),
    });
    const { results } = (await response.json()) as { results: Body[] };
    expect(results.filter(({ status }) => status !== 'accepted')).toEqual([]);
    events = [];
  }

  const declare = (outputs: Body[]): Promise<Made> => sign('lot.declared', { place: { site: 'hill' }, outputs });

  it('finds lots by what is written on them, page by page, none twice', async () => {
    await declare([tin(1_000, { tags: ['SYN-1'], lotNumber: 'A-7' }), tin(2_000), tin(3_000)]);
    await declare([{ ...tin(500), mineral: 'gold', form: 'dore' }]);
    await send();
    const found = async (query: string): Promise<number> =>
      ((await get(service.url, `/v1/lots?${query}`)).body.items as Body[]).length;
    expect(await found('tag=SYN-1')).toBe(1);
    expect(await found('lotNumber=A-7')).toBe(1);
    expect(await found('mineral=gold&holder=coop&site=hill&status=held')).toBe(1);
    expect(await found('mineral=gold&status=closed')).toBe(0);
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await get(service.url, `/v1/lots?limit=1${cursor}`);
      ids.push(...(body.items as Body[]).map(({ id }) => String(id)));
      if (body.next === null) break;
      cursor = `&cursor=${body.next as string}`;
    }
    expect(new Set(ids).size).toBe(4);
    expect((await get(service.url, '/v1/lots?limit=101')).status).toBe(400);
    expect((await get(service.url, '/v1/lots?cursor=AAAA')).body).toMatchObject({ code: 'request-invalid' });
    expect((await get(service.url, '/v1/lots/00000000-0000-8000-8000-000000000000')).body).toMatchObject({
      code: 'not-found',
    });
  });

  it('refuses what cannot be looked for, and fails at nothing', async () => {
    const cursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');
    const questions = [
      ...['mineral', 'holder', 'site', 'tag', 'lotNumber'].map((filter) => `/v1/lots?${filter}=a%00b`),
      '/v1/lots?holder=a%20b',
      '/v1/lots?mineral=unobtainium',
      '/v1/lots?from=yesterday',
      '/v1/lots?risk=some',
      `/v1/lots?cursor=${cursor([1, 'not-a-uuid'])}`,
      `/v1/lots?cursor=${cursor([1e300, '00000000-0000-8000-8000-000000000000'])}`,
      `/v1/lots/00000000-0000-8000-8000-000000000000/events?cursor=${cursor(2 ** 40)}`,
      '/v1/findings?rule=%00',
      '/v1/findings?lot=%00',
      `/v1/actors?cursor=${cursor('\0')}`,
      `/v1/sites?cursor=${cursor('\0')}`,
      '/v1/tags/%00',
      '/v1/sites/%00/volumes',
    ];
    for (const question of questions) {
      const { status, body } = await get(service.url, question);
      expect([question, status, body.code]).toEqual([question, 400, 'request-invalid']);
    }
  });

  it('follows a line of 70 generations as far as it is asked to, and says where it stops', async () => {
    const first = await declare([tin(70_000)]);
    let { id: prev, lots } = first;
    let lot = lots[0] as string;
    for (let generation = 0; generation < 70; generation += 1) {
      const parted = await sign('lot.split', {
        inputs: [{ lot, prev }],
        outputs: [{ mass: grams(69_000 - generation) }, { mass: grams(1) }],
      });
      prev = parted.id;
      lot = parted.lots[0] as string;
    }
    await send();
    const up = await get(service.url, `/v1/lots/${lot}/lineage?depth=3`);
    expect(up.body).toMatchObject({
      direction: 'upstream',
      truncated: true,
      nodes: { length: 4 },
      edges: { length: 3 },
    });
    expect((await get(service.url, `/v1/lots/${lot}/lineage`)).body).toMatchObject({
      truncated: true,
      edges: { length: 64 },
    });
    const down = await get(service.url, `/v1/lots/${first.lots[0]}/lineage?direction=downstream&depth=1`);
    expect(down.body).toMatchObject({ truncated: true, nodes: { length: 3 }, edges: { length: 2 } });
    const report = await get(service.url, `/v1/lots/${lot}/report`);
    expect(report.body).toMatchObject({
      verdicts: { record: 'intact', custody: 'complete' },
      coverage: { tracedToSite: '1.0000' },
    });
  });

  it('does not lose itself where lots are parted and mixed again and again', async () => {
    const { id, lots } = await declare([tin(500_000), tin(500_000)]);
    let pair = lots.map((lot) => ({ lot, prev: id }));
    for (let level = 0; level < 20; level += 1) {
      const mixed = await sign('lot.aggregated', { inputs: pair, outputs: [{ mass: grams(900_000) }] });
      const parted = await sign('lot.split', {
        inputs: [{ lot: mixed.lots[0], prev: mixed.id }],
        outputs: [{ mass: grams(450_000) }, { mass: grams(450_000) }],
      });
      pair = parted.lots.map((lot) => ({ lot, prev: parted.id }));
    }
    await send();
    const { body } = await get(service.url, `/v1/lots/${pair[0]?.lot}/lineage`);
    expect(body).toMatchObject({ truncated: false, nodes: { length: 61 }, edges: { length: 79 } });
  });

  it('calls custody open while a lot is on its way', async () => {
    const { id, lots } = await declare([tin(1_000)]);
    const sent = await sign('custody.dispatched', { to: 'trader', lots: [{ lot: lots[0], prev: id }] });
    await send();
    const report = await get(service.url, `/v1/lots/${lots[0]}/report`);
    expect(report.body).toMatchObject({ verdicts: { custody: 'open' }, coverage: { signedByBothSides: '0.0000' } });
    const chain = await get(service.url, `/v1/lots/${lots[0]}/events`);
    expect(chain.body).toMatchObject({
      items: [
        { seq: 1, id, type: 'lot.declared' },
        { seq: 2, id: sent.id, iss: 'coop' },
      ],
      next: null,
    });
  });
});
