import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { testDatabase } from '../support/database.js';
import { logKeyOf } from '../support/core-ledger.js';
import { type OutsideActor, get, openAsRegistrar } from '../support/outside-client.js';
import { type Ran, runAdit, spawnAdit } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

/** A terminal's colours begin with this. */
const ESCAPE = '\u001b';

describe('adit, as a script meets it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'adit-cli-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const adit = (args: string[], env: Record<string, string> = {}): Promise<Ran> => runAdit(folder, args, env);
  /** The same as a process of its own. */
  const child = (args: string[], env: Record<string, string> = {}): Promise<Ran> => spawnAdit(folder, args, env);

  it('shows an example first in the help of a command, and no colour to a pipe', async () => {
    const { code, out } = await child(['record', '--help']);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/^Example: adit record /);
    expect(out).not.toContain(ESCAPE);
  });

  it('ends with 2 for a command that is wrongly used', async () => {
    expect((await adit(['lot'])).code).toBe(2);
    expect(await adit(['no-such-command'])).toMatchObject({ code: 2, err: expect.stringContaining('adit --help') });
  });

  it('ends with 1, and says what to do, where no ledger answers', async () => {
    const { code, err } = await adit(['alerts', '--server', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(err).toContain('adit serve');
    expect(err).not.toMatch(/^ +at /m);
  });

  it('makes a key once, for its owner only, with the proof a registrar needs', async () => {
    const { code, out } = await adit(['keygen', 'coop.jwk', '--actor', 'coop', '--log', 'example.org/tin', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      file: 'coop.jwk',
      registration: { actor: 'coop', possession: expect.any(String) },
    });
    expect(out).not.toContain((JSON.parse(readFileSync(join(folder, 'coop.jwk'), 'utf8')) as { d: string }).d);
    expect(statSync(join(folder, 'coop.jwk')).mode & 0o077).toBe(0);
    expect(await adit(['keygen', 'coop.jwk'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('must not exist yet'),
    });
  });

  it('tells every mistake of the configuration at once, and shows no password', async () => {
    const bad = await adit(['config', 'check'], { PORT: 'x', ADIT_ORIGIN: 'https://a' });
    expect(bad.code).toBe(2);
    expect(bad.out).toMatch(/PORT[\s\S]*/);
    expect(bad.out).toContain('ADIT_ORIGIN');
    expect((await adit(['serve'], { PORT: 'x' })).code).toBe(2);
    const good = await adit(['config', 'check', '--json'], { DATABASE_URL: 'postgres://a:hidden@localhost/adit' });
    expect(good.code).toBe(0);
    expect(good.out).not.toContain('hidden');
  });

  it('opens a ledger that was made before, once, and never makes a second key', async () => {
    const database = await testDatabase();
    const env = { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl, ADIT_DATA_DIR: 'opened' };
    try {
      const first = await adit(['init', '--json'], env);
      expect(first).toMatchObject({ code: 0 });
      expect(await adit(['init'], env)).toMatchObject({ code: 1, err: expect.stringContaining('already') });
      const opened = await adit(['init', '--open', '--json'], env);
      expect([opened.code, JSON.parse(opened.out)]).toEqual([0, { ...JSON.parse(first.out), opened: true }]);
      const again = await adit(['init', '--open', '--registrar-key', 'other.jwk'], env);
      expect(again).toMatchObject({ code: 0, out: expect.stringContaining('open already') });
      expect(() => statSync(join(folder, 'other.jwk'))).toThrow('ENOENT');
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const busy = await child(['serve'], { ...env, PORT: String(port), ADIT_LOG_LEVEL: 'silent' });
      taken.close();
      expect(busy).toMatchObject({
        code: 1,
        err: `127.0.0.1:${port} is taken.\nAnother program listens there; give --port or set PORT.\n`,
      });
    } finally {
      await database.drop();
    }
  });

  it('plays scenarios on ledgers that know nothing of each other, and ends with 1 where one is not as expected', async () => {
    const steps = [
      {
        at: '2026-05-01T08:00:00Z',
        by: 'coop',
        type: 'lot.declared',
        place: { site: 'hill' },
        outputs: [{ lot: 'bag', mineral: 'cassiterite', form: 'concentrate', mass: '48.6 KGM' }],
      },
    ];
    const scenario = (title: string, record: string): string => {
      const actors = { registrar: {}, coop: { roles: ['miner'], country: 'RW' } };
      const sites = { hill: { country: 'RW', operator: 'coop', minerals: ['cassiterite'] } };
      const expected = { refused: [], findings: [], verdicts: { bag: { record } } };
      writeFileSync(
        join(folder, title),
        JSON.stringify({ title, origin: 'example.org/tin', actors, sites, steps, expect: expected }),
      );
      return title;
    };
    const files = [scenario('wrong.json', 'broken'), scenario('right.json', 'intact')];
    const { code, out, err } = await adit(['scenario', 'run', ...files, '--json']);
    expect({ code, err }).toEqual({ code: 1, err: 'bag record: expected broken, is intact\n' });
    const played = { accepted: 1, refused: [], findings: [], verdicts: { bag: { record: 'intact' } } };
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([played, played]);
    expect((await adit(['scenario', 'run', 'right.json', 'no-such.json'])).code).toBe(2);
  });

  describe('with a ledger', () => {
    let service: TestServer;
    let registrar: OutsideActor;
    let coop: OutsideActor;
    let receipt: string;
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return name;
    };

    beforeAll(async () => {
      service = await startTestServer();
      registrar = await openAsRegistrar(service.url);
      coop = await registrar.register('coop', ['miner']);
      await registrar.must('site.registered', {
        site: 'hill',
        country: 'RW',
        operator: 'coop',
        minerals: ['cassiterite'],
      });
      const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '48.6', uom: 'KGM' } };
      const declared = await coop.must('lot.declared', { place: { site: 'hill' }, outputs: [output] });
      receipt = file('bag.tlog-proof', String(declared.body.receipt));
      file('bag.jws', declared.event);
      file('lot', declared.lots[0] as string);
    });
    afterAll(async () => {
      await service.close();
    });

    it('verifies a receipt with 0, a broken one with 3, and without a pinned key with 5', async () => {
      const key = String((await get(service.url, '/v1/ledger')).body.logKey);
      const verify = (proof: string, event: string, ...more: string[]): Promise<Ran> =>
        adit(['verify', proof, '--event', event, '--state', 'seen.json', ...more]);
      expect(await verify(receipt, 'bag.jws', '--log-key', key)).toMatchObject({
        code: 0,
        out: expect.stringContaining('VERIFIED'),
      });
      expect(await adit(['verify', receipt, '--log-key', key])).toMatchObject({
        code: 2,
        err: expect.stringContaining('--event'),
      });
      expect(await verify(receipt, 'bag.jws')).toMatchObject({ code: 5, out: expect.stringContaining('INCOMPLETE') });
      const altered = file('altered.jws', readFileSync(join(folder, 'bag.jws'), 'utf8').replace(/\../, '.A'));
      expect(
        await child(['verify', receipt, '--event', altered, '--state', 'seen.json', '--log-key', key]),
      ).toMatchObject({
        code: 3,
        out: expect.stringContaining('BROKEN'),
      });
      const foreign = logKeyOf('example.org/tin');
      expect(await verify(receipt, 'bag.jws', '--log-key', foreign)).toMatchObject({
        code: 5,
        out: expect.stringContaining('This checkpoint is by another key'),
      });
      for (const cut of [key.slice(0, -1), key.slice(0, key.lastIndexOf('+')), `${key.slice(0, -2)}A=`, ''])
        expect(await verify(receipt, 'bag.jws', '--log-key', cut)).toMatchObject({
          code: 2,
          err: expect.stringMatching(/^--log-key .*\nA log key looks like/),
        });
      const policy = file('cut.policy', `log ${key}\nwitness w ${key}\nquorum w\n`);
      expect(await verify(receipt, 'bag.jws', '--policy', policy)).toMatchObject({
        code: 2,
        err: expect.stringContaining(`--policy ${policy}: Line 2 of the policy: A witness key`),
      });
    });

    it('replaces the log key by an event that was signed on a machine without a network', async () => {
      const settings = { ADIT_ORIGIN: 'example.org/tin' };
      expect((await adit(['rotate', 'moon', 'x.key'], settings)).code).toBe(2);
      const { out } = await adit(['rotate', 'log', 'next.key', '--json'], settings);
      const { update } = JSON.parse(out) as { update: { logKey: string } };
      expect(statSync(join(folder, 'next.key')).mode & 0o077).toBe(0);
      expect(await adit(['rotate', 'log', 'next.key'], settings)).toMatchObject({ code: 1 });

      service = await service.restart({ ADIT_OTHER_LOG_KEY_FILES: join(folder, 'next.key') });
      file('update.json', JSON.stringify(update));
      file('registrar.jwk', JSON.stringify(await exportJWK(registrar.key.privateKey)));
      const by = ['--key', 'registrar.jwk', '--as', 'registrar'];
      const sign = ['record', 'ledger.updated', 'update.json', ...by, '--offline', 'example.org/tin'];
      expect((await adit([...sign, '--save', 'update'])).code).toBe(0);
      expect((await adit([...sign, '--save', 'update'])).out).toContain('was signed');
      expect(await adit(['submit', 'update.jws', '--server', service.url])).toMatchObject({ code: 0 });
      expect((await adit(['submit', 'update.jws', '--server', service.url])).code).toBe(0);
      expect((await get(service.url, '/v1/ledger')).body).toMatchObject(update);
    });

    it('shows a lot, and nothing but one document with --json', async () => {
      const id = readFileSync(join(folder, 'lot'), 'utf8');
      expect((await adit(['lot', id, '--server', service.url])).out).toContain(
        'record intact   custody complete   risk none',
      );
      const { code, out } = await adit(['lot', id, '--server', service.url, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ report: { verdicts: { record: 'intact' } }, timeline: { length: 1 } });
      expect(await adit(['alerts', '--server', service.url])).toMatchObject({ code: 0, out: 'No alert is open.\n' });
    });

    it('ends with 4 where somebody may not do what they ask', async () => {
      await adit(['keygen', 'stranger.jwk']);
      const body = file('bag.json', JSON.stringify({ place: { site: 'hill' }, outputs: [] }));
      const { code, err } = await adit([
        'record',
        'event.endorsed',
        file('e.json', JSON.stringify({ events: ['A'.repeat(43)] })),
        '--key',
        'stranger.jwk',
        '--as',
        'coop',
        '--server',
        service.url,
      ]);
      expect({ code, err }).toMatchObject({ code: 4, err: expect.stringContaining('/errors/key-unknown') });
      const invalid = await adit([
        'record',
        'lot.declared',
        body,
        '--key',
        'stranger.jwk',
        '--as',
        'coop',
        '--server',
        service.url,
      ]);
      expect(invalid).toMatchObject({ code: 1, err: expect.stringContaining('schema-invalid') });
    });
  });
});
