import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type OutsideActor, get, openAsRegistrar, post, signCompact } from '../support/outside-client.js';
import { type Ran, runAdit, spawnAdit } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

describe('the outbox of adit', () => {
  let service: TestServer;
  let proxy: CuttingProxy;
  let coop: OutsideActor;
  let elliptic: OutsideActor;
  let folder: string;
  let tag = 0;

  beforeAll(async () => {
    service = await startTestServer();
    proxy = await CuttingProxy.start(service.url);
    const registrar = await openAsRegistrar(service.url);
    coop = await registrar.register('coop', ['miner']);
    await registrar.register('trader', ['trader']);
    elliptic = await registrar.register('elliptic', ['trader'], 'RW', 'ES256');
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
  });
  afterAll(async () => {
    await proxy.close();
    await service.close();
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-outbox-'));
    const jwk = await exportJWK(coop.key.privateKey);
    writeFileSync(join(folder, 'coop.jwk'), JSON.stringify({ ...jwk, adit: { actor: 'coop' } }), { mode: 0o600 });
    proxy.cuts = () => false;
    tag += 1;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const adit = (...args: string[]): Promise<Ran> =>
    runAdit(folder, args, { ADIT_SERVER: proxy.url, ADIT_KEY: 'coop.jwk' });
  /** The same as a process of its own. */
  const child = (...args: string[]): Promise<Ran> =>
    spawnAdit(folder, args, { ADIT_SERVER: proxy.url, ADIT_KEY: 'coop.jwk' });
  const number = (): string => `SYN-${String(tag).padStart(6, '0')}`;
  const words = (...more: string[]): string[] => {
    const mass = ['--mass', '48.6 kg', '--site', 'hill', '--mineral', 'cassiterite', '--tag', number()];
    return ['declare', ...mass, ...more];
  };
  const declare = (...more: string[]): Promise<Ran> => adit(...words(...more));
  const lotsTagged = async (): Promise<unknown[]> =>
    (await get(service.url, `/v1/lots?tag=${number()}`)).body.items as unknown[];
  const document = (ran: Ran): Record<string, unknown> => JSON.parse(ran.out) as Record<string, unknown>;

  it('makes one lot of a command that is run again because its answer was lost', async () => {
    proxy.cuts = ({ method }) => method === 'POST';
    const first = await declare('--save', 'bag');
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining('It may have been recorded, or not.') });
    expect(first.err).not.toContain('Is the ledger running?');
    expect(existsSync(join(folder, 'bag.jws'))).toBe(true);
    const signed = readFileSync(join(folder, 'bag.jws'), 'utf8');
    proxy.cuts = () => false;
    const second = await declare('--save', 'bag');
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining('bag.jws was signed before') });
    expect(await lotsTagged()).toHaveLength(1);
    expect(readFileSync(join(folder, 'bag.jws'), 'utf8')).toBe(signed);
    expect(existsSync(join(folder, 'bag.tlog-proof'))).toBe(true);
    expect(document(await declare('--save', 'bag', '--json'))).toMatchObject({ status: 'duplicate', resumed: true });
    expect(await lotsTagged()).toHaveLength(1);
  });

  it('recognises the same command without a name too, and signs another where it is asked to', async () => {
    proxy.cuts = ({ method }) => method === 'POST';
    expect((await declare()).code).toBe(1);
    proxy.cuts = () => false;
    expect(await declare()).toMatchObject({ code: 0, out: expect.stringContaining('--again signs another') });
    expect(await lotsTagged()).toHaveLength(1);
    expect((await declare()).code).toBe(0);
    expect(await lotsTagged()).toHaveLength(2);
  });

  it('never writes over a saved file, and says what it holds', async () => {
    expect((await declare('--save', 'bag')).code).toBe(0);
    const before = readFileSync(join(folder, 'bag.jws'), 'utf8');
    const other = await adit(
      'declare',
      '--mass',
      '1 kg',
      '--site',
      'hill',
      '--mineral',
      'cassiterite',
      '--save',
      'bag',
    );
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('holds another event: lot.declared') });
    expect(readFileSync(join(folder, 'bag.jws'), 'utf8')).toBe(before);
    writeFileSync(join(folder, 'old.tlog-proof'), 'mine');
    expect((await declare('--save', 'old')).code).toBe(2);
    expect(readFileSync(join(folder, 'old.tlog-proof'), 'utf8')).toBe('mine');
  });

  it('asks whether the ledger is running only where nothing listens, and signs nothing then', async () => {
    const nowhere = await declare('--server', 'http://127.0.0.1:9');
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('Is the ledger running?') });
    expect(document(await adit('outbox', 'list', '--json'))).toEqual([]);
  });

  it('signs a chain without a network, and sends it in order later', async () => {
    const bag = document(await declare('--offline=example.org/tin', '--json'));
    const [lot] = bag.lots as { lot: string }[];
    expect(bag).toMatchObject({ status: 'signed', lots: [{ tags: [number()] }] });
    const sold = await adit('dispatch', number(), '--to', 'trader', '--offline=example.org/tin', '--json');
    expect(document(sold)).toMatchObject({ status: 'signed', extended: [lot?.lot] });
    writeFileSync(join(folder, 'seal.json'), JSON.stringify({ lots: [{ lot: lot?.lot, sealsOn: ['S-1'] }] }));
    const sealed = await adit('record', 'lot.sealed', 'seal.json', '--offline=example.org/tin', '--save', 'sealed');
    expect(sealed).toMatchObject({ code: 0, out: expect.stringContaining('adit submit sealed.jws') });
    expect(await lotsTagged()).toEqual([]);
    expect((await adit('outbox')).out).toMatch(/lot\.declared[\s\S]*custody\.dispatched[\s\S]*3 events/);
    const sent = await adit('outbox', 'send');
    expect(sent.out).toMatch(/accepted[\s\S]*lot\.declared[\s\S]*accepted[\s\S]*custody\.dispatched/);
    // A lot on its way is not sealed by its sender: the last of the three is refused, and says why.
    expect(sent).toMatchObject({ code: 1, out: expect.stringContaining('/errors/lot-in-transit') });
    expect(await lotsTagged()).toMatchObject([{ status: 'inTransit', inTransitTo: 'trader' }]);
    expect(await adit('outbox', 'send')).toMatchObject({ code: 0, out: 'Nothing waits to be sent.\n' });
  });

  it('chains from the file of an event that was signed on another machine', async () => {
    expect((await declare('--offline=example.org/tin', '--save', 'bag')).code).toBe(0);
    rmSync(join(folder, '.adit'), { recursive: true });
    const sold = await adit('dispatch', 'bag.jws', '--to', 'trader', '--offline=example.org/tin', '--save', 'sale');
    expect(sold.code).toBe(0);
    expect(await adit('submit', 'sale.jws')).toMatchObject({ code: 0, out: expect.stringContaining('waiting for') });
    expect((await adit('submit', 'bag.jws')).code).toBe(0);
    expect(await lotsTagged()).toMatchObject([{ status: 'inTransit', inTransitTo: 'trader' }]);
  });

  it('sends what an event follows before it', async () => {
    proxy.cuts = ({ method }) => method === 'POST';
    expect((await declare()).code).toBe(1);
    proxy.cuts = () => false;
    const sold = await adit('dispatch', number(), '--to', 'trader');
    expect(sold).toMatchObject({ code: 0, out: expect.stringContaining('sent first: lot.declared') });
  });

  it('signs one event where two processes are asked for the same at once', async () => {
    const both = await Promise.all([1, 2].map(() => child(...words('--json'))));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    // Where one had its answer before the other began, they are two requests.
    const events = new Set(both.map((ran) => document(ran).id));
    expect(await lotsTagged()).toHaveLength(events.size);
    const offline = await Promise.all([1, 2, 3].map(() => child(...words('--offline=example.org/tin', '--json'))));
    expect(new Set(offline.map((ran) => document(ran).id)).size).toBe(1);
  });

  it('keeps no key and nothing that is withheld in it, readable by its owner only', async () => {
    const [lot] = document(await declare('--json')).lots as { lot: string }[];
    writeFileSync(
      join(folder, 'sale.json'),
      JSON.stringify({ to: 'trader', vehicle: 'RAB 123 C', lots: [{ lot: lot?.lot }] }),
    );
    const sold = await adit('record', 'custody.dispatched', 'sale.json', '--withhold', '/vehicle', '--save', 'sale');
    expect(sold.code).toBe(0);
    const box = join(folder, '.adit', 'outbox');
    const files = readdirSync(box, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(1);
    const { d } = JSON.parse(readFileSync(join(folder, 'coop.jwk'), 'utf8')) as { d: string };
    const { disclosures } = JSON.parse(readFileSync(join(folder, 'sale.disclosures.json'), 'utf8')) as {
      disclosures: string[];
    };
    expect(disclosures).toHaveLength(1);
    for (const name of files) {
      const text = readFileSync(join(box, name), 'utf8');
      expect(text).not.toContain(d);
      expect(text).not.toContain(disclosures[0]);
      expect(statSync(join(box, name)).mode & 0o077).toBe(0);
    }
  });

  it('signs no identifier that a ledger would refuse, and says where it stands', async () => {
    const body = {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' }, tags: [`${number()} `] }],
    };
    writeFileSync(join(folder, 'bag.json'), JSON.stringify(body));
    writeFileSync(join(folder, 'sale.json'), JSON.stringify({ to: 'trader', vehicle: 'RAB\u200b 1', lots: [] }));
    for (const command of [
      ['check', 'bag.json', '--type', 'lot.declared'],
      ['record', 'lot.declared', 'bag.json'],
      ['record', 'custody.dispatched', 'sale.json', '--withhold', '/vehicle', '--save', 'sale'],
    ]) {
      const ran = await adit(...command);
      expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('printable ASCII') });
      expect(ran.err).toMatch(/\/outputs\/0\/tags\/0|\/vehicle/);
    }
    expect((await adit('outbox', 'list', '--all')).out).toContain('Nothing waits');
  });

  it('saves the signature that the ledger logged, where somebody signed the same words once more', async () => {
    const jwk = await exportJWK(elliptic.key.privateKey);
    writeFileSync(join(folder, 'es.jwk'), JSON.stringify({ ...jwk, adit: { actor: 'elliptic' } }), { mode: 0o600 });
    writeFileSync(join(folder, 'theft.json'), JSON.stringify({ category: 'theft', level: 1, sites: ['hill'] }));
    const record = ['record', 'incident.reported', 'theft.json', '--key', 'es.jwk', '--save', 'theft'];
    expect((await adit(...record, '--offline=example.org/tin')).code).toBe(0);
    const saved = readFileSync(join(folder, 'theft.jws'), 'utf8');
    const payload = JSON.parse(Buffer.from(saved.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const other = `${await signCompact(payload, 'custody-event+sd-jwt', elliptic.key)}~`;
    expect(other).not.toBe(saved);
    expect((await post(service.url, other)).status).toBe(201);

    for (const send of [record, ['submit', 'theft.jws']]) {
      expect(await adit(...send)).toMatchObject({ code: 0, err: '' });
      expect(readFileSync(join(folder, 'theft.jws'), 'utf8').trim()).toBe(other);
      const { logKey } = (await get(service.url, '/v1/ledger')).body as { logKey: string };
      const proof = ['verify', 'theft.tlog-proof', '--event', 'theft.jws', '--log-key', logKey, '--state', 'seen.json'];
      expect(await adit(...proof)).toMatchObject({ code: 0, out: expect.stringContaining('VERIFIED') });
      // As it was before anything was sent.
      rmSync(join(folder, 'theft.tlog-proof'));
      writeFileSync(join(folder, 'theft.jws'), saved);
    }
  });

  it('drops an entry only where it is told so', async () => {
    const { id } = document(await declare('--offline=example.org/tin', '--json')) as { id: string };
    const named = ['outbox', 'drop', id.slice(0, 8)];
    expect(await adit(...named)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect((await adit('outbox', 'show', id.slice(0, 8))).out).toContain('48.6');
    expect((await adit(...named, '--yes')).code).toBe(0);
    expect((await adit('outbox', 'show', id.slice(0, 8))).code).toBe(2);
  });
});
