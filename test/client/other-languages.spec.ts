import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkTlogProof } from '../../src/core/log/proof-file.js';
import { leafHash } from '../../src/core/log/tree.js';
import { type Body, type OutsideActor, get, openAsRegistrar } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { type Asked, ask } from '../support/sign-in.js';

const clients = resolve('docs/clients');
const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** Each example client, how it is started, and whether this machine has what its page asks for. */
const languages = [
  { name: 'Python', start: ['python3', 'adit.py'], possible: works('python3', '-c', 'import cryptography') },
  { name: 'JavaScript', start: [process.execPath, 'adit.mjs'], possible: true },
  {
    name: 'shell',
    start: ['sh', 'adit.sh'],
    possible: works('sh', '-c', 'openssl version | grep -q "^OpenSSL 3" && curl --version'),
  },
];

let server: TestServer;
let registrar: OutsideActor;
let logKey: string;

beforeAll(async () => {
  server = await startTestServer({ ADIT_ACCESS: 'closed' });
  registrar = await openAsRegistrar(server.url);
  await registrar.register('trader', ['trader']);
  logKey = (await get(server.url, '/v1/ledger')).body.logKey as string;
});
afterAll(() => server.close());

const skipped = languages.filter(({ possible }) => !possible).map(({ name }) => name);
it('finds what each language needs, or says which examples are not run', () => {
  if (skipped.length > 0) process.stderr.write(`Not run, since this machine lacks what they need: ${skipped.join()}\n`);
  expect(skipped).not.toContain('JavaScript');
});

describe.each(languages.filter(({ possible }) => possible))('the example client in $name', ({ name, start }) => {
  const actor = `coop-${name.toLowerCase()}`;
  const site = `hill-${name.toLowerCase()}`;
  let folder: string;
  let lot: string;
  let declared: string;

  /** Runs the client in a folder of its own; gives its exit code and what it printed. */
  const run = (...args: string[]): Promise<{ code: number | null; out: string }> => {
    const [command = '', file = ''] = start;
    const child = spawn(command, [join(clients, file), ...args], {
      cwd: folder,
      env: { ...process.env, ADIT_SERVER: server.url },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
    return new Promise((settle) => child.once('close', (code) => settle({ code, out })));
  };
  /** Reads a path with a token that the client asked for. */
  const read = async (path: string): Promise<Asked> => {
    const { code, out } = await run('token', 'key.file', actor);
    expect([code, out]).toEqual([0, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n?$/)]);
    return ask(`${server.url}${path}`, { headers: { authorization: `Bearer ${out.trim()}` } });
  };
  const printed = (out: string, what: string): string => new RegExp(`^${what} (\\S+)$`, 'm').exec(out)?.[1] ?? out;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-client-'));
    const { out } = await run('key', 'key.file', actor);
    const registration = JSON.parse(out) as Body;
    await registrar.must('actor.registered', { ...registration, roles: ['miner'], country: 'RW' });
    await registrar.must('site.registered', { site, country: 'RW', operator: actor, minerals: ['cassiterite'] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('declares a lot whose id is the one that the ledger derives', async () => {
    const { code, out } = await run('declare', 'key.file', actor, site, 'cassiterite', '48.6');
    expect([code, out]).toEqual([0, expect.stringContaining('event ')]);
    lot = printed(out, 'lot');
    declared = printed(out, 'event');
    expect((await get(server.url, `/v1/lots/${lot}`)).status).toBe(401);
    expect((await read(`/v1/lots/${lot}`)).body).toMatchObject({ holder: actor, head: declared });
  });

  it('dispatches it on its chain', async () => {
    const { code, out } = await run('dispatch', 'key.file', actor, lot, 'trader');
    expect([code, printed(out, 'event')]).toEqual([0, expect.stringMatching(/^[\w-]{43}$/)]);
    const { body } = await read(`/v1/lots/${lot}`);
    expect([body.head, body.status]).toEqual([printed(out, 'event'), 'inTransit']);
  });

  it('says what the ledger refused, and why', async () => {
    const { code, out } = await run('declare', 'key.file', actor, 'nowhere', 'cassiterite', '48.6');
    expect(code).not.toBe(0);
    expect(out).toContain('site-unknown');
  });

  it('verifies its receipts offline, as the core does', async () => {
    const events = readdirSync(folder).filter((file) => file.endsWith('.tlog-proof'));
    expect(events.length).toBe(2);
    for (const file of events) {
      const jws = `${file.slice(0, -'.tlog-proof'.length)}.jws`;
      const verified = await run('verify', jws, file, logKey);
      expect(verified).toEqual({ code: 0, out: expect.stringContaining('VERIFIED: index') });
      const leaf = leafHash(Buffer.from(readFileSync(join(folder, jws), 'utf8').split('~')[0] ?? ''));
      expect(checkTlogProof(readFileSync(join(folder, file), 'utf8'), leaf, [logKey]).ok).toBe(true);
    }
  });

  it('reads files whose names begin with a hyphen, as an event id can', async () => {
    const named = `-${declared}`;
    for (const kind of ['jws', 'tlog-proof'])
      copyFileSync(join(folder, `${declared}.${kind}`), join(folder, `${named}.${kind}`));
    const verified = await run('verify', `${named}.jws`, `${named}.tlog-proof`, logKey);
    expect(verified).toMatchObject({ code: 0 });
    for (const kind of ['jws', 'tlog-proof']) rmSync(join(folder, `${named}.${kind}`));
  });

  it('does not verify an altered event, another index, or an altered checkpoint', async () => {
    const [event, proof] = [join(folder, `${declared}.jws`), join(folder, `${declared}.tlog-proof`)];
    const texts = { event: readFileSync(event, 'utf8'), proof: readFileSync(proof, 'utf8') };
    const altered: [string, string][] = [
      [texts.event.replace(/^e/, 'f'), texts.proof],
      [texts.event, texts.proof.replace(/^index (\d+)$/m, (_, index: string) => `index ${Number(index) - 1}`)],
      [texts.event, texts.proof.replace('\nexample.org/tin\n', '\nexample.org/tan\n')],
      [texts.event, texts.proof.replace(/\n(\d+)\n/, (_, size: string) => `\n${Number(size) + 1}\n`)],
    ];
    for (const [jws, receipt] of altered) {
      expect([jws, receipt]).not.toEqual([texts.event, texts.proof]);
      writeFileSync(join(folder, 'altered.jws'), jws);
      writeFileSync(join(folder, 'altered.tlog-proof'), receipt);
      const { code, out } = await run('verify', 'altered.jws', 'altered.tlog-proof', logKey);
      expect(code).not.toBe(0);
      expect(out).not.toContain('VERIFIED:');
    }
  });
});

const shell = languages.find(({ name }) => name === 'shell');
(shell?.possible === true ? it : it.skip)('docs/access.md signs in and reads, as it is written', async () => {
  const [, section = ''] = readFileSync('docs/access.md', 'utf8').split('## Signing in\n');
  const [, script = ''] = /```sh\n([^]*?)```/.exec(section) ?? [];
  expect(script).toContain('curl');
  const folder = mkdtempSync(join(tmpdir(), 'adit-sign-in-'));
  copyFileSync(join(clients, 'adit.sh'), join(folder, 'adit.sh'));
  /** Runs a shell beside this process, which answers it. */
  const sh = (...args: string[]): Promise<{ code: number | null; out: string }> => {
    const child = spawn('sh', args, { cwd: folder, env: { ...process.env, ADIT_SERVER: server.url } });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    return new Promise((settle) => child.once('close', (code) => settle({ code, out })));
  };
  const registration = JSON.parse((await sh('adit.sh', 'key', 'coop.pem', 'coop')).out) as Body;
  await registrar.must('actor.registered', { ...registration, roles: ['miner'], country: 'RW' });
  writeFileSync(join(folder, 'run.sh'), script);
  const ran = await sh('-eu', 'run.sh');
  rmSync(folder, { recursive: true, force: true });
  expect([ran.code, ran.out]).toEqual([0, expect.stringContaining('"items":[]')]);
  // Who it is, and what was asked for with the key for programs that it made.
  expect(ran.out).toContain('"actor":"coop"');
  expect(ran.out).toContain('adit_live_');
});
