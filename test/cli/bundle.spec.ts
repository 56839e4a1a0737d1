import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { ed25519 } from '@noble/curves/ed25519.js';
import { openCheckpoint } from '../../src/core/log/checkpoint.js';
import { cosign, witnessVkey } from '../../src/core/log/cosignature.js';
import { parseNote } from '../../src/core/log/note.js';
import type { BundleJson } from '../../src/core/bundle/bundle.js';
import { logKeyOf } from '../support/core-ledger.js';
import { Forger } from '../support/forger.js';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { type Ran, runAdit } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

describe('adit bundle and adit verify', () => {
  let folder: string;
  let server: TestServer;
  let logKey: string;
  let lot: string;
  let built: HonestWorld;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-bundle-'));
    server = await startTestServer();
    const world = await HonestWorld.open(server.url);
    built = world;
    logKey = String((await get(server.url, '/v1/ledger')).body.logKey);
    const chain = world.chain();
    for (const { event } of chain) expect((await post(server.url, event)).status).toBe(201);
    lot = chain[3]?.lots[0] ?? '';
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const adit = (...args: string[]): Promise<Ran> => runAdit(folder, args);

  it('saves a bundle and verifies it, step by step, with the verdicts and as of when', async () => {
    const saved = await adit('bundle', 'fetch', lot, '-o', 'lot.json', '--server', server.url);
    expect(saved).toMatchObject({ code: 0, err: '' });
    const { code, out } = await adit('verify', 'lot.json', '--log-key', logKey);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('✓'))).toHaveLength(9);
    expect(out).toContain('record intact · custody open · risk');
    expect(out).toMatch(/current as of 20[0-9-]{8}T/);
    expect(lines.at(-1)).toBe('VERIFIED');
  });

  it('takes the bundle from its URL, and gives one document to a script', async () => {
    const url = `${server.url}/v1/lots/${lot}/bundle`;
    const { code, out } = await adit('verify', url, '--log-key', logKey, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'VERIFIED', lot: { id: lot }, verdicts: { record: 'intact' } });
  });

  it('ends with 5 where nothing is pinned, and with 3 and the entry where something was changed', async () => {
    expect(await adit('verify', 'lot.json')).toMatchObject({
      code: 5,
      out: expect.stringMatching(/INCOMPLETE .*pinned/),
    });
    const forged = JSON.parse(readFileSync(join(folder, 'lot.json'), 'utf8')) as BundleJson;
    forged.events.splice(3, 1);
    writeFileSync(join(folder, 'forged.json'), JSON.stringify(forged));
    const { code, out } = await adit('verify', 'forged.json', '--log-key', logKey);
    expect(code).toBe(3);
    expect(out).toContain('BROKEN');
    expect(await adit('verify', 'lot.json', '--log-key', logKeyOf('example.org/tin'))).toMatchObject({
      code: 5,
      out: expect.stringMatching(/INCOMPLETE .*This checkpoint is by another key/),
    });
    expect(await adit('verify', 'lot.json', '--log-key', logKey.slice(0, -3))).toMatchObject({ code: 2 });
    writeFileSync(join(folder, 'none.json'), '{"format":"other"}');
    expect((await adit('verify', 'none.json', '--log-key', logKey)).code).toBe(1);
  });

  it('goes by a policy: too few witnesses is incomplete', async () => {
    const none = `log ${logKey}\nquorum none\n`;
    writeFileSync(join(folder, 'none.policy'), none);
    expect((await adit('verify', 'lot.json', '--policy', 'none.policy')).code).toBe(0);
    const seed = randomBytes(32);
    const witness = witnessVkey('witness.example/w1', ed25519.getPublicKey(seed));
    writeFileSync(join(folder, 'some.policy'), `log ${logKey}\nwitness w1 ${witness}\nquorum w1\n`);
    expect(await adit('verify', 'lot.json', '--policy', 'some.policy')).toMatchObject({
      code: 5,
      out: expect.stringMatching(/INCOMPLETE .*too few for the policy/),
    });
    const whole = JSON.parse(readFileSync(join(folder, 'lot.json'), 'utf8')) as BundleJson;
    const wrong = cosign('another text\n', 'witness.example/w1', seed, 1_800_000_000);
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ ...whole, checkpoint: whole.checkpoint + wrong }));
    expect(await adit('verify', 'wrong.json', '--policy', 'some.policy')).toMatchObject({
      code: 3,
      out: expect.stringContaining('The cosignature of w1 does not verify.'),
    });
    const seconds = Math.floor(Date.now() / 1_000);
    whole.checkpoint += cosign(parseNote(whole.checkpoint).text, 'witness.example/w1', seed, seconds);
    writeFileSync(join(folder, 'witnessed.json'), JSON.stringify(whole));
    expect(await adit('verify', 'witnessed.json', '--policy', 'some.policy')).toMatchObject({
      code: 0,
      out: expect.stringContaining('cosigned by witness.example/w1'),
    });
  });

  it('writes plain files that other tools can check', async () => {
    expect((await adit('bundle', 'unpack', 'lot.json', 'plain')).code).toBe(0);
    const whole = JSON.parse(readFileSync(join(folder, 'lot.json'), 'utf8')) as BundleJson;
    const names = readdirSync(join(folder, 'plain', 'events')).filter((name) => name.endsWith('.jws'));
    expect(names).toHaveLength(whole.events.length);
    expect(readFileSync(join(folder, 'plain', 'checkpoint'), 'utf8')).toBe(whole.checkpoint);
    for (const name of names) {
      const jws = readFileSync(join(folder, 'plain', 'events', name));
      const proof = readFileSync(join(folder, 'plain', 'events', name.replace('.jws', '.tlog-proof')), 'utf8');
      expect(rootOf(jws, proof)).toBe(whole.checkpoint.split('\n')[2]);
    }
    const [jws = ''] = names;
    const receipt = ['verify', join('plain', 'events', jws.replace('.jws', '.tlog-proof'))];
    const event = ['--event', join('plain', 'events', jws)];
    expect((await adit(...receipt, ...event, '--log-key', logKey)).code).toBe(0);
    expect(await adit(...receipt, ...event, '--policy', 'some.policy')).toMatchObject({
      code: 5,
      out: expect.stringMatching(/INCOMPLETE.*too few/),
    });
  });

  it('asks the server to show that a bundle continues what was seen, and says where that is not shown', async () => {
    const state = ['--state', 'continued.json'];
    const fetched = (name: string, ...more: string[]) =>
      adit('bundle', 'fetch', lot, '-o', name, '--server', server.url, ...state, ...more);
    const verify = (name: string) => adit('verify', name, '--log-key', logKey, '--json', ...state);
    await fetched('c1.json');
    expect(JSON.parse((await verify('c1.json')).out)).toMatchObject({ verdict: 'VERIFIED', continuity: null });
    await post(server.url, built.declare().event);
    await fetched('c2.json');
    expect(JSON.parse((await verify('c2.json')).out)).toMatchObject({ verdict: 'VERIFIED', continuity: null });
    const { size } = JSON.parse((await verify('c2.json')).out) as { size: number };
    await post(server.url, built.declare().event);
    // Somebody else's bundle: he did not ask about what this reader saw.
    await adit('bundle', 'fetch', lot, '-o', 'c3.json', '--server', server.url, '--state', 'new.json');
    expect(JSON.parse((await verify('c3.json')).out)).toMatchObject({
      verdict: 'VERIFIED',
      continuity: `continuity with what was seen at size ${size} is not shown`,
    });
    writeFileSync(join(folder, 'continued.json'), '{"');
    const damaged = await verify('c3.json');
    expect(damaged).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') });
    expect((await fetched('c4.json')).code).toBe(1);
  });

  it('refuses what is older than it has seen, and keeps the proof of a fork', async () => {
    const forger = await Forger.open();
    const { lots } = await forger.write('coop', 'lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '5', uom: 'KGM' } }],
    });
    const bundleAt = async (name: string): Promise<void> => {
      const text = forger.bundle(lots[0] ?? '', { sealed: await forger.seal() });
      writeFileSync(join(folder, name), text);
    };
    const verify = (name: string, ...more: string[]) =>
      adit('verify', name, '--log-key', forger.log.vkey, '--state', 'seen.json', ...more);
    await bundleAt('first.json');
    await bundleAt('second.json');
    expect((await verify('second.json')).code).toBe(0);
    expect(await verify('first.json')).toMatchObject({
      code: 5,
      out: expect.stringContaining('something newer exists'),
    });
    expect((await verify('first.json', '--allow-older')).code).toBe(0);

    // Another last entry: the operator's second log of the same size, proved as well as the first.
    forger.texts.pop();
    forger.events.pop();
    await bundleAt('fork.json');
    const { code, out } = await verify('fork.json');
    expect(code).toBe(3);
    expect(out).toContain('two different trees');
    const evidence = readdirSync(folder).find((name) => name.startsWith('fork-example.org-tin-')) ?? '';
    const { logKeys, checkpoints } = JSON.parse(readFileSync(join(folder, evidence), 'utf8')) as {
      logKeys: string[];
      checkpoints: string[];
    };
    const roots = checkpoints.map((note) => openCheckpoint(note, logKeys));
    expect(roots.map(({ ok }) => ok)).toEqual([true, true]);
    expect(new Set(checkpoints.map((note) => note.split('\n')[1])).size).toBe(1);
    expect(new Set(checkpoints.map((note) => note.split('\n')[2])).size).toBe(2);
  });

  it('commits to a price that no server ever sees, and shows it to one buyer', async () => {
    const world = built;
    const trader = world.actor('trader');
    const [declared, sent, received] = world.chain();
    for (const signed of [declared, sent, received]) await post(server.url, signed?.event ?? '');
    const [own = ''] = declared?.lots ?? [];
    writeFileSync(join(folder, 'trader.jwk'), JSON.stringify(await exportJWK(trader.key.privateKey)));
    const vehicle = 'RAB 482 K';
    writeFileSync(
      join(folder, 'sale.json'),
      JSON.stringify({ to: 'plant', lots: [{ lot: own }], vehicle, route: 'N1' }),
    );
    const record = ['record', 'custody.dispatched', 'sale.json', '--key', 'trader.jwk', '--as', 'trader'];
    const at = ['--server', server.url];
    expect((await adit(...record, ...at, '--withhold', '/vehicle')).code).toBe(2);
    expect(await adit(...record, ...at, '--save', 'sale', '--withhold', '/vehicel')).toMatchObject({ code: 1 });
    expect(await adit(...record, ...at, '--save', 'sale', '--withhold', '/vehicle')).toMatchObject({ code: 0 });
    await adit('bundle', 'fetch', own, '-o', 'own.json', ...at);
    const shown = (file: string): string =>
      (JSON.parse(readFileSync(join(folder, file), 'utf8')) as BundleJson).events
        .flatMap(({ event }) => event.split('~').slice(1, -1))
        .map((text) => Buffer.from(text, 'base64url').toString())
        .join();
    expect(shown('own.json')).toContain('N1');
    expect(shown('own.json')).not.toContain(vehicle);
    const disclosed = await adit('bundle', 'disclose', 'own.json', 'sale.disclosures.json', '-o', 'buyer.json');
    expect(disclosed).toMatchObject({ code: 0 });
    expect(shown('buyer.json')).toContain(vehicle);
    expect(await adit('verify', 'buyer.json', '--log-key', logKey, '--state', 'buyer.seen')).toMatchObject({ code: 0 });
    expect(await adit('bundle', 'disclose', 'lot.json', 'sale.disclosures.json', '-o', 'x.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('not in the bundle'),
    });
    const forged = readFileSync(join(folder, 'sale.disclosures.json'), 'utf8').replace(
      /"disclosures":\["./,
      '"disclosures":["A',
    );
    writeFileSync(join(folder, 'forged.json'), forged);
    expect((await adit('bundle', 'disclose', 'own.json', 'forged.json', '-o', 'x.json')).code).toBe(1);
  });
});

/** RFC 6962 by hand, as `sha256sum` and a reader of C2SP tlog-proof would reckon it. */
function rootOf(entry: Buffer, proof: string): string {
  const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  const lines = proof.split('\n');
  const start = lines.findIndex((line) => line.startsWith('index '));
  let index = Number(lines[start]?.slice(6));
  const end = lines.indexOf('', start);
  const size = Number(lines[end + 2]);
  let last = size - 1;
  let hash = sha256(Buffer.of(0), entry);
  for (const line of lines.slice(start + 1, end)) {
    const sibling = Buffer.from(line, 'base64');
    while (index % 2 === 0 && index === last) [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    hash = index % 2 === 1 ? sha256(Buffer.of(1), sibling, hash) : sha256(Buffer.of(1), hash, sibling);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return hash.toString('base64');
}
