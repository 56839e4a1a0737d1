import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OutsideActor, get, openAsRegistrar, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

const today = (later = 0): string => new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10);
const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });

describe('a client written from the contract alone', () => {
  let service: TestServer;
  let registrar: OutsideActor;
  const actors: Record<string, OutsideActor> = {};
  const actor = (id: string): OutsideActor => actors[id] as OutsideActor;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'all' });
  });

  afterAll(async () => {
    await service.close();
  });

  it('finds a ledger that is not open, and a signed checkpoint of size 0', async () => {
    const { body } = await get(service.url, '/v1/ledger');
    expect(body).toMatchObject({ origin: 'example.org/tin', opened: false, size: 0 });
    const checkpoint = await get(service.url, '/log/checkpoint');
    expect(checkpoint.body.text).toMatch(
      /^example\.org\/tin\n0\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— /,
    );
  });

  it('opens it and registers actors, a site, a facility and tags', async () => {
    registrar = await openAsRegistrar(service.url);
    const roles = { coop: ['miner'], trader: ['trader'], agent: ['authority'], plant: ['processor', 'exporter'] };
    for (const [id, own] of Object.entries(roles))
      actors[id] = await registrar.register(id, own, 'RW', id === 'trader' ? 'ES256' : 'Ed25519');
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
      capacity: { workers: 120, kilogramsPerWorkerMonth: { cassiterite: '40' } },
    });
    await registrar.must('facility.registered', { facility: 'depot', kind: 'warehouse', country: 'RW' });
    await actor('agent').must('tags.issued', { series: 'SYN-M-', from: 4411, to: 4500, site: 'hill' });
    expect((await get(service.url, '/v1/ledger')).body).toMatchObject({ opened: true });
    expect((await get(service.url, '/v1/actors')).body).toMatchObject({ items: { length: 5 }, next: null });
  });

  it('declares, dispatches, receives, aggregates, splits, processes and exports, and reads the report', async () => {
    const output = { mineral: 'cassiterite', form: 'concentrate' };
    const declared = await actor('coop').must('lot.declared', {
      place: { site: 'hill' },
      outputs: [
        { ...output, mass: kilograms('48.6'), tags: ['SYN-M-4411'] },
        { ...output, mass: kilograms('51.2'), tags: ['SYN-M-4412'] },
      ],
    });
    const [first = '', second = ''] = declared.lots;
    const lots = [first, second].map((lot) => ({ lot, prev: declared.id }));
    const sent = await actor('coop').must('custody.dispatched', { to: 'trader', lots, mode: 'truck' });
    expect((await get(service.url, `/v1/lots/${first}`)).body).toMatchObject({
      status: 'inTransit',
      holder: 'coop',
      inTransitTo: 'trader',
      verdicts: { custody: 'open' },
    });
    const received = await actor('trader').must('custody.received', {
      from: 'coop',
      lots: [
        { lot: first, prev: sent.id, mass: kilograms('48.5') },
        { lot: second, prev: sent.id, mass: kilograms('51.1') },
      ],
    });
    const mixed = await actor('trader').must('lot.aggregated', {
      inputs: [first, second].map((lot) => ({ lot, prev: received.id })),
      outputs: [{ mass: kilograms('99.6') }],
    });
    const [mix = ''] = mixed.lots;
    const parted = await actor('trader').must('lot.split', {
      inputs: [{ lot: mix, prev: mixed.id }],
      outputs: [{ mass: kilograms('60') }, { mass: kilograms('39.6') }],
    });
    const [large = ''] = parted.lots;
    const toPlant = await actor('trader').must('custody.dispatched', {
      to: 'plant',
      lots: [{ lot: large, prev: parted.id }],
    });
    const atPlant = await actor('plant').must('custody.received', {
      from: 'trader',
      lots: [{ lot: large, prev: toPlant.id, mass: kilograms('59.9') }],
    });
    const made = await actor('plant').must('lot.processed', {
      process: 'gravity',
      place: { facility: 'depot' },
      inputs: [{ lot: large, prev: atPlant.id }],
      outputs: [{ form: 'concentrate', mass: kilograms('41.3') }],
    });
    const [concentrate = ''] = made.lots;
    await actor('agent').must('certificate.issued', {
      serial: 'RW-1',
      exporter: 'plant',
      lots: [concentrate],
      mass: kilograms('41.3'),
      originCountries: ['RW'],
      issuedOn: today(),
      expiresOn: today(60),
    });
    await actor('plant').must('lot.exported', {
      lots: [{ lot: concentrate, prev: made.id }],
      certificate: 'RW-1',
      portOfLoading: 'TZDAR',
    });

    const { size } = (await get(service.url, '/v1/ledger')).body;
    const state = await get(service.url, `/v1/lots/${concentrate}`);
    expect(state.body).toMatchObject({
      id: concentrate,
      status: 'held',
      holder: 'plant',
      onHold: false,
      mass: kilograms('41.3'),
      origins: [{ site: 'hill', mass: kilograms('41.3') }],
    });
    const lineage = await get(service.url, `/v1/lots/${concentrate}/lineage?direction=upstream`);
    expect(lineage.body).toMatchObject({ truncated: false, nodes: { length: 5 }, edges: { length: 4 } });
    const report = await until(async () => {
      const { body } = await get(service.url, `/v1/lots/${concentrate}/report`);
      return (body.asOf as { verified: number }).verified >= Number(size) ? body : undefined;
    }, 60_000);
    expect(report).toMatchObject({
      verdicts: { record: 'intact', custody: 'complete', risk: 'none' },
      coverage: { tracedToSite: '1.0000', assayed: '0.0000', signedByBothSides: '1.0000' },
      findings: [],
    });
    expect((await get(service.url, `/v1/lots/${first}/events`)).body).toMatchObject({ items: { length: 4 } });
  });

  it('gives a receipt, and the same one for the same event again', async () => {
    const signed = await actor('coop').sign('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50') }],
    });
    const first = await post(service.url, signed.event);
    expect(first).toMatchObject({ status: 201, body: { id: signed.id } });
    expect(first.body.receipt).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
    await actor('coop').must('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('49') }],
    });
    expect(await post(service.url, signed.event)).toEqual({ status: 200, body: first.body });
    const stored = await get(service.url, `/v1/events/${signed.id}`);
    expect(stored.body).toMatchObject({ id: signed.id, index: first.body.index, event: signed.event });
  });

  it('sends a chain in reverse order: each event waits, and then all enter', async () => {
    const coop = actor('coop');
    const declared = await coop.sign('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('47.9') }],
    });
    const [lot = ''] = declared.lots;
    const sent = await coop.sign('custody.dispatched', { to: 'trader', lots: [{ lot, prev: declared.id }] });
    const received = await actor('trader').sign('custody.received', {
      from: 'coop',
      lots: [{ lot, prev: sent.id, mass: kilograms('47.8') }],
    });
    const waits = await post(service.url, received.event);
    const listed = (await get(service.url, `/v1/waiting?missing=${sent.id}`)).body as {
      items?: { expiresAt: string }[];
    };
    const expiresAt = listed.items?.[0]?.expiresAt;
    expect(expiresAt).toEqual(expect.any(String));
    expect(waits).toEqual({ status: 202, body: { id: received.id, status: 'waiting', missing: [sent.id], expiresAt } });
    expect(await post(service.url, sent.event)).toMatchObject({ status: 202, body: { missing: [declared.id] } });
    expect(await post(service.url, declared.event)).toMatchObject({ status: 201 });
    expect((await get(service.url, `/v1/lots/${lot}`)).body).toMatchObject({ holder: 'trader', status: 'held' });
    expect(await post(service.url, received.event)).toMatchObject({ status: 200 });
  });

  it('is refused with a code and a signed refusal, and what is refused is not in the log', async () => {
    const stranger = actor('trader');
    const declared = await actor('coop').must('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('10') }],
    });
    const refused = await stranger.record('custody.dispatched', {
      to: 'plant',
      lots: [{ lot: declared.lots[0], prev: declared.id }],
    });
    expect(refused).toMatchObject({ status: 403, body: { code: 'not-holder', type: '/errors/not-holder', heads: {} } });
    const [, payload = ''] = String(refused.body.refusal).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).toMatchObject({
      log: 'example.org/tin',
      event: refused.id,
      code: 'not-holder',
    });
    expect((await get(service.url, `/v1/events/${refused.id}`)).status).toBe(404);
  });

  it('registers a miner and uses her key in one batch, in order', async () => {
    const key = await registrar.register('spare', ['miner']);
    expect(key.id).toBe('spare');
    const bad = await actor('coop').sign('lot.declared', { place: { site: 'nowhere' }, outputs: [] });
    const good = await actor('coop').sign('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('46.7') }],
    });
    for (const type of ['application/json', 'application/x-ndjson']) {
      const items = [bad, good].map(({ event }) => ({ event }));
      const response = await fetch(`${service.url}/v1/events/batch?receipts=true`, {
        method: 'POST',
        headers: { 'content-type': type },
        body:
          type === 'application/json' ? JSON.stringify(items) : items.map((item) => JSON.stringify(item)).join('\n'),
      });
      const text = await response.text();
      const results =
        type === 'application/json'
          ? JSON.parse(text).results
          : text
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line));
      expect(results).toMatchObject([
        { status: 'refused', id: bad.id, problem: { code: 'schema-invalid' } },
        { status: type === 'application/json' ? 'accepted' : 'duplicate', id: good.id },
      ]);
      expect(results[1].receipt).toMatch(/^c2sp/);
    }
  });

  it('is given data at the addresses where a browser is given a page, with all text escaped', async () => {
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: kilograms('12'), lotNumber: '<b>7 & "x"</b>' };
    const { lots } = await actor('coop').must('lot.declared', { place: { site: 'hill' }, outputs: [output] });
    const ask = (path: string, accept: string): Promise<Response> => fetch(service.url + path, { headers: { accept } });
    for (const [path, words] of [
      ['/', 'adit verify'],
      [`/lots/${lots[0]}`, '&lt;b>7 &amp; &quot;x&quot;&lt;/b></code>'],
    ] as const) {
      const page = await ask(path, 'text/html,*/*;q=0.8');
      const html = await page.text();
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
      expect(html).toContain(words);
      expect(html).not.toMatch(/<script>|<b>|(?:href|src)="(?:https?:)?\/\//);
      for (const [, link = ''] of html.matchAll(/(?:href|src)="(\/[^"]*)"/g))
        expect([link, (await ask(link, '*/*')).status]).toEqual([link, 200]);
    }
    for (const accept of ['*/*', 'application/json']) {
      expect(await (await ask(`/v1/lots/${lots[0]}`, accept)).json()).toMatchObject({ id: lots[0], holder: 'coop' });
      expect(await (await ask('/', accept)).json()).toMatchObject({
        ledger: { opened: true },
        links: { '/openapi.json': expect.any(String) },
      });
    }
  });

  it('is told from a page of another site by its Host, Origin and Sec-Fetch-Site', async () => {
    const { hostname, port } = new URL(service.url);
    const ask = (method: string, path: string, headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request({ hostname, port, method, path, headers }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode));
        });
        asked.once('error', reject).end();
      });
    const resolving = '/v1/alerts/00000000-0000-4000-8000-000000000000/resolve';
    const host = `localhost:${port}`;
    expect(await ask('GET', '/v1/ledger', { host: 'evil.example' })).toBe(400);
    expect(await ask('GET', '/v1/ledger', { host })).toBe(200);
    const cross = { host, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect(await ask('POST', resolving, cross)).toBe(400);
    expect(await ask('DELETE', '/v1/silences/00000000-0000-4000-8000-000000000000', cross)).toBe(400);
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    for (const headers of [own, { host }])
      expect(await ask('DELETE', '/v1/silences/00000000-0000-4000-8000-000000000000', headers)).toBe(404);
  });
});
