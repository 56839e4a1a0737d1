import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BundleJson, parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, type Trust, checkBundle } from '../../../src/core/bundle/check.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { readCheckpoint } from '../../../src/core/log/checkpoint.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { MakeBundle } from '../../../src/server/provenance/make-bundle.js';
import { logKeyOf } from '../../support/core-ledger.js';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

describe('the bundle of a lot', () => {
  let server: TestServer;
  let world: HonestWorld;
  let logKey: string;
  /** Made of two lots that were received, and on its way since. */
  let lot: string;

  const trust = (): Trust => ({
    logKeys: [logKey],
    policy: null,
    parameters: defaultParameters,
    checkSignature,
  });

  async function record(...events: { event: string }[]): Promise<void> {
    for (const { event } of events) expect((await post(server.url, event)).status).toBe(201);
  }

  async function fetchBundle(of: string, query = 'sealed=now'): Promise<string> {
    const response = await fetch(`${server.url}/v1/lots/${of}/bundle?${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    return response.text();
  }

  const check = (text: string): Promise<BundleReport> => checkBundle(parseBundle(text), trust());

  /** Waits until the workers have come to this risk of a lot. */
  async function untilRisk(of: string, wanted: string): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const { verdicts } = (await get(server.url, `/v1/lots/${of}`)).body as { verdicts: { risk: string } };
      if (verdicts.risk === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`The risk of ${of} never became ${wanted}.`);
  }

  beforeAll(async () => {
    server = await startTestServer({ ADIT_ROLE: 'all' });
    world = await HonestWorld.open(server.url);
    logKey = String((await get(server.url, '/v1/ledger')).body.logKey);
    const heads: { lot: string; prev: string }[] = [];
    for (let i = 0; i < 2; i += 1) {
      const declared = world.declare();
      const [bag = ''] = declared.lots;
      const sent = world.dispatch('coop', 'trader', bag, declared.id);
      const mass = { value: '49.9', uom: 'KGM' };
      const received = world.sign('trader', 'custody.received', {
        from: 'coop',
        lots: [{ lot: bag, prev: sent.id, mass }],
      });
      await record(declared, sent, received);
      heads.push({ lot: bag, prev: received.id });
    }
    const made = world.sign('trader', 'lot.aggregated', {
      inputs: heads,
      outputs: [{ mass: { value: '99.8', uom: 'KGM' } }],
    });
    [lot = ''] = made.lots;
    await record(made, world.dispatch('trader', 'plant', lot, made.id), ...world.chain());
  });

  afterAll(async () => {
    await server.close();
  });

  it('verifies with nothing but the pinned key, and says as of when nothing was left out', async () => {
    const report = await check(await fetchBundle(lot));
    expect(report.steps.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
    expect(report).toMatchObject({ word: 'VERIFIED', judged: { verdicts: { record: 'intact', custody: 'open' } } });
    expect(report.judged?.lot).toMatchObject({ id: lot, holder: 'trader', inTransitTo: 'plant' });
    expect(report.judged?.coverage.tracedToSite).toBe('1.0000');
    expect(Date.parse(report.currentAsOf ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('says the same of the lot as the service does', async () => {
    const report = await check(await fetchBundle(lot));
    const { body } = await get(server.url, `/v1/lots/${lot}`);
    const { verdicts, asOf, ...state } = body;
    expect(asOf).toBeDefined();
    expect(verdicts).toMatchObject({ record: 'intact', custody: 'open' });
    expect(report.judged?.lot).toEqual(state);
  });

  it('seals nothing anew where nothing happened, and says so where the index is older than the lot', async () => {
    const size = async (): Promise<number> => Number((await get(server.url, '/v1/ledger')).body.size);
    await fetchBundle(lot);
    const before = await size();
    await fetchBundle(lot);
    expect(await size()).toBe(before);
    const late = world.declare();
    await record(late);
    const report = await check(await fetchBundle(late.lots[0] ?? '', 'sealed=last'));
    expect(report.word).toBe('VERIFIED');
    expect(report.steps.at(-1)?.detail).toContain('1 newer are in it');
  });

  it('proves nothing to somebody who trusts nobody', async () => {
    const bundle = parseBundle(await fetchBundle(lot));
    const report = await checkBundle(bundle, { ...trust(), logKeys: [] });
    expect(report.word).toBe('INCOMPLETE');
    expect(report.steps[0]).toMatchObject({ step: 'policy', outcome: 'incomplete' });
  });

  it('decides nothing where the log key is another', async () => {
    const bundle = parseBundle(await fetchBundle(lot));
    const report = await checkBundle(bundle, { ...trust(), logKeys: [logKeyOf('example.org/tin')] });
    expect(report.word).toBe('INCOMPLETE');
  });

  it('is found out where a hold, or a use of a tag, or an event of the chain was left out', async () => {
    const text = await fetchBundle(lot);
    const whole = JSON.parse(text) as BundleJson;
    for (const [at, left] of whole.events.entries()) {
      const without = { ...whole, events: whole.events.toSpliced(at, 1) };
      const report = await check(JSON.stringify(without));
      expect([left.index, report.word]).toEqual([left.index, 'BROKEN']);
    }
  });

  it('shows what was disclosed, or not, as asked', async () => {
    const plain = parseBundle(await fetchBundle(lot, 'disclosures=none'));
    expect(plain.events.every(({ event }) => /^[^~]+~$/.test(event))).toBe(true);
    expect((await checkBundle(plain, trust())).word).toBe('VERIFIED');
  });

  it('says of a finding what the service says, also once it is answered', async () => {
    const [declared] = world.chain();
    const [bag = ''] = declared?.lots ?? [];
    const sent = world.dispatch('coop', 'trader', bag, declared?.id ?? '');
    const received = world.sign('trader', 'custody.received', {
      from: 'coop',
      lots: [{ lot: bag, prev: sent.id, mass: { value: '60', uom: 'KGM' } }],
    });
    await record({ event: declared?.event ?? '' }, sent, received);
    await untilRisk(bag, 'critical');
    const before = await check(await fetchBundle(bag));
    expect(before.judged).toMatchObject({
      verdicts: { risk: 'critical' },
      findings: [{ status: 'open', certainty: 'veryUnlikely' }],
    });
    const finding = before.judged?.findings[0]?.id;
    await record(world.sign('registrar', 'finding.answered', { finding, answer: 'dismiss', reason: 'a wet bag' }));
    await untilRisk(bag, 'none');
    const after = await check(await fetchBundle(bag));
    expect(after).toMatchObject({
      word: 'VERIFIED',
      judged: { verdicts: { risk: 'none' }, findings: [], settled: [{ id: finding, status: 'dismissed' }] },
    });
  });

  it('carries what the service found beyond its history, signed by it', async () => {
    const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '152.377', uom: 'KGM' } }];
    const twins = [1, 2].map(() => world.sign('coop', 'lot.declared', { place: { site: 'hill' }, outputs }));
    await record(...twins);
    const twin = twins[1]?.lots[0] ?? '';
    await untilRisk(twin, 'medium');
    const bundle = parseBundle(await fetchBundle(twin));
    const report = await checkBundle(bundle, trust());
    expect(report).toMatchObject({
      word: 'VERIFIED',
      judged: {
        verdicts: { risk: 'none' },
        findings: [],
        stated: { lot: twin, findings: [{ rule: 'declared-twice', severity: 'medium', lots: 1 }], more: 0 },
      },
    });
    expect(report.judged?.undecided.map(({ rule }) => rule)).toContain('declared-twice');
    const [header = '', body = '', signature = ''] = (bundle.stated ?? '').split('.');
    const told = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), findings: [] };
    const forged = [header, Buffer.from(JSON.stringify(told)).toString('base64url'), signature].join('.');
    for (const stated of [forged, parseBundle(await fetchBundle(lot)).stated ?? '', 'x.y.z'])
      expect(await checkBundle({ ...bundle, stated }, trust())).toMatchObject({
        word: 'BROKEN',
        steps: expect.arrayContaining([expect.objectContaining({ step: 'rules', outcome: 'broken' })]),
      });
    const { stated: _stated, ...without } = bundle;
    expect(await checkBundle(without, trust())).toMatchObject({ word: 'VERIFIED', judged: { stated: null } });
  });

  it('shows that it continues what its reader saw, where he asks', async () => {
    const first = parseBundle(await fetchBundle(lot));
    const { size, root } = readCheckpoint(first.checkpoint);
    await record(world.declare());
    const text = await fetchBundle(lot, `sealed=now&continues=${size},${size + 1_000_000}`);
    expect(parseBundle(text).sizes).toEqual([size]);
    const { word, roots } = await check(text);
    expect(word).toBe('VERIFIED');
    expect(Buffer.from(roots.get(size) ?? [])).toEqual(Buffer.from(root));
    for (const wrong of ['0', '1,', 'x', Array.from({ length: 17 }, (_, i) => i + 1).join()])
      expect((await get(server.url, `/v1/lots/${lot}/bundle?continues=${wrong}`)).status).toBe(400);
  });

  it('carries the time of the log before each state of it that a signer had seen', async () => {
    const { body } = await get(server.url, '/v1/ledger');
    const note = await (await fetch(`${server.url}/log/checkpoint`)).text();
    const { size, root } = readCheckpoint(note);
    expect(size).toBe(body.size);
    const seen = { size, root: Buffer.from(root).toString('base64') };
    const iat = Math.floor(Date.now() / 1_000) - 86_400;
    const occurredAt = new Date(iat * 1_000).toISOString();
    const claims = { place: { site: 'hill' }, seen, iat, occurredAt };
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } };
    const told = world.sign('coop', 'lot.declared', { ...claims, outputs: [output] });
    await record(told);
    const report = await check(await fetchBundle(told.lots[0] ?? ''));
    expect(report.word).toBe('VERIFIED');
    expect(report.judged?.findings.map(({ rule }) => rule)).toEqual(['backdated']);
  });

  describe('where as many are read as may be', () => {
    const opening = { viewer: { kind: 'everyone' as const }, grants: [] };
    const options = { opening, sealed: false, continues: [] };
    let bundles: MakeBundle;
    let streams: Readable[];
    const closed = (stream: Readable): Promise<unknown> => once(stream, 'close');

    beforeEach(async () => {
      bundles = server.server.app.get(MakeBundle, { strict: false });
      streams = await Promise.all(Array.from({ length: 4 }, () => bundles.make(lot, options)));
      for (const stream of streams) stream.on('error', () => undefined);
    });
    afterEach(async () => {
      bundles.stalledAfter = 60_000;
      const open = streams.filter(({ closed: isClosed }) => !isClosed);
      await Promise.all(open.map((stream) => closed(stream.destroy())));
    });

    it('waits for one that has been read, or whose reader has gone', async () => {
      const path = `/v1/lots/${lot}/bundle`;
      expect(await get(server.url, path)).toMatchObject({ status: 503, body: { code: 'overloaded' } });
      const [first, second] = streams;
      for await (const piece of first ?? []) expect(piece).toBeDefined();
      expect((await get(server.url, path)).status).toBe(200);
      await closed((second as Readable).destroy());
      expect((await get(server.url, path)).status).toBe(200);
      expect((await get(server.url, `/v1/lots/${crypto.randomUUID()}/bundle`)).status).toBe(404);
      expect((await get(server.url, path)).status).toBe(200);
    });

    it('does not wait for a reader that takes nothing', async () => {
      await closed((streams.pop() as Readable).destroy());
      bundles.stalledAfter = 20;
      const idle = await bundles.make(lot, options);
      expect(await once(idle, 'error')).toMatchObject([{ message: expect.stringContaining('Nobody reads') }]);
      if (!idle.closed) await closed(idle);
      // This reader takes something, and may have to wait for the machine.
      bundles.stalledAfter = 60_000;
      expect((await get(server.url, `/v1/lots/${lot}/bundle`)).status).toBe(200);
    });
  });

  it('is not there for a lot that is not', async () => {
    const path = '/v1/lots/00000000-0000-8000-8000-000000000000/bundle';
    expect((await get(server.url, path)).status).toBe(404);
  });
});
