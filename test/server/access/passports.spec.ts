import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Passport, PassportData } from '../../../src/core/api/access/passport.js';
import { TradingWorld } from '../../support/trading-world.js';

const GTIN = '09506000134352';
const HTML = { accept: 'text/html,*/*;q=0.8' };

let world: TradingWorld;

beforeAll(async () => {
  world = await TradingWorld.open();
});

afterAll(() => world.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(world.service.url + path, { headers, redirect: 'manual' });
const publish = async (who: string, lot: string, body: object = {}) =>
  world.send(who, 'POST', `/v1/lots/${lot}/passport`, body);
const published = async (lot: string, body: object = {}): Promise<Passport> => {
  const { status, body: passport } = await publish('coop', lot, body);
  expect([status, passport]).toEqual([200, expect.anything()]);
  return passport as unknown as Passport;
};

describe('publishing a passport', () => {
  it('is for the holder, under a code that does not follow from the lot, and once', async () => {
    for (const [who, status] of [
      ['stranger', 404],
      ['authority', 403],
      ['buyer', 404],
    ] as const)
      expect([who, (await publish(who, world.kept)).status]).toEqual([who, status]);
    expect((await publish('coop', world.sold)).status).toBe(403);
    const first = await published(world.kept);
    expect(first.url).toBe(`${world.service.config.publicUrl}/p/${first.code}`);
    expect(world.kept.toUpperCase()).not.toContain(first.code.slice(0, 4));
    const again = await published(world.kept);
    expect(again).toEqual(first);
    await world.send('coop', 'DELETE', `/v1/lots/${world.kept}/passport`);
    expect((await published(world.kept)).code).toBe(first.code);
  });

  it('refuses a serial number without a GTIN, a wrong GTIN, and one that another passport has', async () => {
    for (const body of [{ serial: '1' }, { gtin: '09506000134353' }, { gtin: GTIN, serial: 'a\u0000' }])
      expect([body, (await publish('coop', world.kept, body)).status]).toEqual([body, 400]);
    await published(world.kept, { gtin: GTIN, serial: '7' });
    expect((await publish('trader', world.sold, { gtin: GTIN, serial: '7' })).status).toBe(400);
  });
});

describe('a published passport', () => {
  it('shows everyone what it should, and no name, place, price or day', async () => {
    const { code } = await published(world.kept);
    for (const path of [`/v1/passports/${code}`, `/v1/passports/${code.toLowerCase()}`, `/p/${code}`]) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'public, max-age=60']);
      const text = await answer.text();
      const data = JSON.parse(text) as PassportData;
      expect(data).toMatchObject({
        code,
        name: 'SYN-T-2',
        countries: ['RW'],
        mass: { value: '50', uom: 'KGM' },
        hands: 1,
        handedOn: null,
        evidence: null,
        verdicts: { record: 'intact' },
      });
      const month = new Date().toISOString().slice(0, 7);
      expect(data.steps).toEqual([{ month, type: 'lot.declared', country: 'RW', mass: { value: '50', uom: 'KGM' } }]);
      for (const secret of [world.kept, world.sold, world.declaration, 'coop', 'trader', 'hill'])
        expect([path, secret, text.includes(secret)]).toEqual([path, secret, false]);
    }
  });

  it('is a page in the language of its reader, without a program, and a certificate', async () => {
    const { code } = await published(world.kept);
    const page = await get(`/p/${code}`, { ...HTML, 'accept-language': 'fr' });
    const html = await page.text();
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
    expect(html).toContain('<html lang="fr">');
    expect(html).not.toContain('<script');
    for (const secret of [world.kept, 'coop', '>hill<'])
      expect([secret, html.includes(secret)]).toEqual([secret, false]);
    const pdf = await get(`/p/${code}.pdf`);
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  it('is led to by GS1 Digital Link, where it is published under the key', async () => {
    const { code } = await published(world.kept, { gtin: GTIN, serial: '7' });
    const where = async (path: string): Promise<[number, string | null]> => {
      const { status, headers } = await get(path, { accept: 'application/json' });
      return [status, headers.get('location')];
    };
    expect(await where(`/01/${GTIN}/21/7`)).toEqual([307, `/p/${code}`]);
    expect(await where(`/01/${GTIN.slice(1)}/21/7`)).toEqual([307, `/p/${code}`]);
    for (const path of [`/01/${GTIN}/21/8`, `/01/${GTIN}/10/nothing`, '/10/nothing'])
      expect([path, await where(path)]).toEqual([path, [404, null]]);
    await published(world.kept);
    expect(await where(`/01/${GTIN}/21/7`)).toEqual([404, null]);
  });

  it('has its evidence only where its publisher chose so, and without disclosures', async () => {
    const { code } = await published(world.kept);
    expect((await get(`/v1/passports/${code}/evidence`)).status).toBe(404);
    await published(world.kept, { evidence: true });
    expect(((await (await get(`/p/${code}`)).json()) as PassportData).evidence).toBe(`/v1/passports/${code}/evidence`);
    const answer = await get(`/v1/passports/${code}/evidence`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const bundle = (await answer.json()) as { lot: string; events: { event: string }[] };
    expect(bundle.lot).toBe(world.kept);
    for (const { event } of bundle.events) expect(event.replace(/^[^~]*~/, '')).toBe('');
    await published(world.kept);
    expect((await get(`/v1/passports/${code}/evidence`)).status).toBe(404);
  });

  it('has one answer when withdrawn, never published and never made', async () => {
    const { code } = await published(world.kept);
    expect((await world.send('stranger', 'DELETE', `/v1/lots/${world.kept}/passport`)).status).toBe(404);
    expect((await world.send('coop', 'DELETE', `/v1/lots/${world.kept}/passport`)).status).toBe(204);
    expect((await world.send('coop', 'DELETE', `/v1/lots/${world.kept}/passport`)).status).toBe(404);
    for (const form of ['/v1/passports/:code', '/v1/passports/:code/evidence', '/p/:code', '/p/:code.pdf']) {
      const answers = await Promise.all(
        [code, '2222222222', 'not-a-code'].map(async (one) => {
          const answer = await get(form.replace(':code', one));
          const { request_id: _, ...body } = (await answer.json()) as { request_id: string };
          return { status: answer.status, names: [...answer.headers.keys()].toSorted(), body };
        }),
      );
      expect([form, answers[0]?.status]).toEqual([form, 404]);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
    }
    expect((await world.read('coop', `/v1/lots/${world.kept}/passport`)).status).toBe(404);
  });

  it('shows no more than its publisher sees, and passes to the next holder with its code', async () => {
    const { code } = await published(world.kept, { evidence: true });
    const { head = '' } = (await world.read('coop', `/v1/lots/${world.kept}`)).body as { head?: string };
    const sent = await world.actor('coop').must('custody.dispatched', {
      to: 'trader',
      lots: [{ lot: world.kept, prev: head }],
    });
    await world.actor('trader').must('custody.received', {
      from: 'coop',
      lots: [{ lot: world.kept, prev: sent.id, mass: { value: '40', uom: 'KGM' } }],
    });
    const before = (await (await get(`/v1/passports/${code}`)).json()) as PassportData;
    expect(before).toMatchObject({ handedOn: new Date().toISOString().slice(0, 7), evidence: null });
    expect((await get(`/v1/passports/${code}/evidence`)).status).toBe(404);
    expect((await publish('coop', world.kept)).status).toBe(403);
    const taken = await publish('trader', world.kept);
    expect(taken.body).toMatchObject({ code, by: 'trader' });
    const after = (await (await get(`/v1/passports/${code}`)).json()) as PassportData;
    expect(after).toMatchObject({ handedOn: null, mass: { value: '40', uom: 'KGM' }, hands: 2 });
    expect(after.steps.map(({ type }) => type)).toEqual(['lot.declared', 'custody.received']);
    expect((await world.send('coop', 'DELETE', `/v1/lots/${world.kept}/passport`)).status).toBe(404);
  });
});
