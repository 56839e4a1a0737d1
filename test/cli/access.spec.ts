import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { readKeyFile } from '../../src/cli/key-file.js';
import { buildPresentation } from '../../src/core/bundle/presentation.js';
import { type Ran, runAdit } from '../support/run-adit.js';
import { TradingWorld } from '../support/trading-world.js';

const LISTED = /^[0-9A-Za-z_-]{8}/m;

describe('adit access', () => {
  let world: TradingWorld;
  let folder: string;

  beforeAll(async () => {
    world = await TradingWorld.open();
    folder = mkdtempSync(join(tmpdir(), 'adit-access-'));
    for (const [id, { key }] of world.actors) {
      const jwk = { ...(await exportJWK(key.privateKey)), adit: { actor: id, log: 'example.org/tin' } };
      writeFileSync(join(folder, `${id}.jwk`), JSON.stringify(jwk), { mode: 0o600 });
    }
  });

  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs `adit` as an actor, or as nobody. */
  const as = (actor: string | null, ...args: string[]): Promise<Ran> =>
    runAdit(folder, args, {
      ADIT_SERVER: world.service.url,
      ...(actor === null ? {} : { ADIT_KEY: `${actor}.jwk` }),
    });

  const json = (ran: Ran): Record<string, unknown> => {
    expect([ran.code, ran.err]).toEqual([0, expect.any(String)]);
    return JSON.parse(ran.out) as Record<string, unknown>;
  };

  /** Checks what a buyer's program sees of claims that somebody who received them signed again, for another reader. */
  async function passedOn(verify: (...args: string[]) => Promise<Ran>): Promise<void> {
    const { signer } = readKeyFile(join(folder, 'trader.jwk'));
    const file = JSON.parse(readFileSync(join(folder, 'shown.json'), 'utf8')) as {
      items: { presentation: string; receipt: string }[];
    };
    const [{ presentation, receipt } = { presentation: '', receipt: '' }] = file.items;
    const [jws, ...disclosures] = presentation.split('~').slice(0, -1);
    for (const by of ['coop', 'trader'])
      for (const keys of [[signer.jwk], []]) {
        const showing = { event: `${jws}~`, disclosures, by, to: 'Buyer', now: 1 };
        const again = { ...file, keys, items: [{ presentation: await buildPresentation(showing, signer), receipt }] };
        writeFileSync(join(folder, 'again.json'), JSON.stringify(again));
        // Without a question about the presenter the claims hold.
        const claims = await verify('again.json', '--json');
        const presenter = keys.length === 0 ? 'unknown' : 'other';
        expect([claims.code, JSON.parse(claims.out)]).toEqual([
          0,
          expect.objectContaining({
            verdict: 'VERIFIED',
            presenter: 'notProved',
            events: [expect.objectContaining({ presenter })],
          }),
        ]);
        expect((await verify('again.json')).out).toMatch(/VERIFIED, presenter not proved\n$/);
        const mine = await verify('again.json', '--reader', 'Buyer', '--json');
        expect([mine.code, JSON.parse(mine.out)]).toEqual([
          5,
          expect.objectContaining({ verdict: 'INCOMPLETE', presenter: 'notProved' }),
        ]);
        expect((await verify('again.json', '--presenter', by)).code).toBe(5);
      }
    expect((await verify('again.json', '--presenter', 'coop')).code).toBe(3);
  }

  it('explains to the holder why an actor sees a lot', async () => {
    const own = await as('trader', 'access', 'explain', world.sold, 'buyer');
    expect(own).toMatchObject({ code: 0, out: expect.stringContaining('✓ buyer sees all of it') });
    const former = json(await as('trader', 'access', 'explain', world.sold, 'coop', '--json'));
    expect(former).toMatchObject({ sees: 'part', actor: 'coop' });
    const not = await as('trader', 'access', 'explain', world.sold, 'stranger');
    expect(not.out).toContain('✗ stranger');
    // Not the holder, and who does not see it at all.
    expect((await as('buyer', 'access', 'explain', world.sold, 'coop')).code).toBe(4);
    expect((await as('stranger', 'access', 'explain', world.sold, 'coop')).code).toBe(1);
    expect(await as(null, 'access', 'explain', world.sold, 'coop')).toMatchObject({
      code: 4,
      err: expect.stringContaining('ADIT_KEY'),
    });
  });

  it('gives a grant, shows it to both sides, and withdraws it', async () => {
    expect((await as('auditor', 'lot', world.kept)).code).toBe(1);
    const given = await as('coop', 'access', 'grant', 'give', 'auditor', '--until', '30d', '--lot', 'SYN-T-2');
    expect([given.code, given.out]).toEqual([0, expect.stringContaining('grant.given')]);
    expect((await as('auditor', 'lot', world.kept)).code).toBe(0);
    for (const side of ['coop', 'auditor']) {
      const listed = await as(side, 'access', 'grant', 'list');
      expect(listed.out).toMatch(/coop +auditor .* in force +1 lot/);
    }
    expect((await as('stranger', 'access', 'grant', 'list')).err).toContain('There is no grant');
    const id = LISTED.exec((await as('coop', 'access', 'grant', 'list')).out.split('\n')[1] ?? '')?.[0] ?? '';
    expect((await as('auditor', 'access', 'grant', 'withdraw', id)).code).not.toBe(0);
    const ended = await as('coop', 'access', 'grant', 'withdraw', id, '--reason', 'done');
    expect([ended.code, ended.out]).toEqual([0, expect.stringContaining('grant.withdrawn')]);
    expect((await as('auditor', 'access', 'grant', 'list')).out).toContain('withdrawn');
    expect((await as('auditor', 'lot', world.kept)).code).toBe(1);
    expect((await as('coop', 'access', 'grant', 'withdraw', 'abc')).err).toContain('too short');
    expect((await as('coop', 'access', 'grant', 'give', 'auditor', '--until', 'soon')).code).toBe(2);
  });

  it('makes a link to one lot, counts its uses, and ends it', async () => {
    const made = json(
      await as('coop', 'access', 'share', 'make', 'SYN-T-2', '--until', '7d', '--label', 'bank', '--json'),
    );
    const secret = made.secret as string;
    expect((await world.read(secret, `/v1/lots/${world.kept}`)).status).toBe(200);
    const listed = await as('coop', 'access', 'share', 'list', 'SYN-T-2');
    expect(listed.out).toContain('bank');
    expect(listed.out).not.toContain(secret);
    const words = await as('coop', 'access', 'share', 'make', 'SYN-T-2', '--until', '7d');
    // Only the link is on the output, so that a script can take it.
    expect(words.out).toMatch(/^https?:\/\/\S+#adit_share_[0-9A-Za-z]+\n$/);
    expect((await as('coop', 'access', 'share', 'withdraw', made.id as string)).out).toContain('Ended');
    expect((await world.read(secret, `/v1/lots/${world.kept}`)).status).toBe(401);
  });

  it('lists who read a lot, to its holder alone', async () => {
    await as('buyer', 'lot', world.sold);
    const read = await as('trader', 'access', 'log', world.sold);
    expect(read.out).toMatch(/ buyer +report/);
    expect((await as('buyer', 'access', 'log', world.sold)).code).toBe(4);
  });

  it('makes, lists, replaces and ends keys for programs', async () => {
    const made = json(await as('trader', 'access', 'keys', 'make', 'weighbridge', '--scope', 'read', '--json'));
    const key = made.key as string;
    const reads = (token: string): Promise<Ran> =>
      runAdit(folder, ['lots'], { ADIT_SERVER: world.service.url, ADIT_TOKEN: token });
    expect((await reads(key)).code).toBe(0);
    expect((await as('trader', 'access', 'keys', 'list')).out).toMatch(/weighbridge +trader +read +in force/);
    const id = (made.id as string).slice(0, 8);
    const next = await as('trader', 'access', 'keys', 'rotate', id, '--overlap', '0');
    expect(next.out).toMatch(/^adit_live_\w+\n$/);
    expect((await reads(next.out.trim())).code).toBe(0);
    const list = await as('trader', 'access', 'keys', 'list', '--json');
    const replacement = list.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; replaces: string | null })
      .find(({ replaces }) => replaces === made.id);
    expect((await as('trader', 'access', 'keys', 'end', replacement?.id ?? '')).out).toContain('Ended');
    expect((await as('trader', 'access', 'keys', 'make', 'x', '--scope', 'wrong')).code).toBe(2);
    // Metrics are for the operator to allow.
    expect((await as('trader', 'access', 'keys', 'make', 'x', '--scope', 'metrics')).code).toBe(1);
    const files = ['trader.jwk'].map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(files.join()).not.toContain(key);
  });

  it('shows chosen claims of an event to one reader, who verifies them offline', async () => {
    const body = {
      place: { site: 'hill', lat: '-1.7903', lon: '29.6121' },
      outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '5', uom: 'KGM' }, tags: ['SYN-T-9'] }],
    };
    writeFileSync(join(folder, 'bag.json'), JSON.stringify(body));
    expect(
      (await as('coop', 'record', 'lot.declared', 'bag.json', '--withhold', '/place/lon', '--save', 'bag')).code,
    ).toBe(0);
    const show = (...args: string[]): Promise<Ran> => as('coop', 'disclose', 'SYN-T-9', '--to', 'Bank', ...args);
    expect(await show()).toMatchObject({ code: 2, err: expect.stringContaining('There are: place/lat.') });
    expect((await show('--fields', 'price')).code).toBe(2);
    expect((await show('--fields', 'lat', 'lon', '--kept', 'bag.disclosures.json', '-o', 'shown.json')).code).toBe(0);
    expect((await show('--fields', 'lat', '-o', 'less.json')).code).toBe(0);
    const { logKey } = (await world.read('nobody', '/v1/ledger')).body as { logKey: string };
    const verify = (...args: string[]): Promise<Ran> => runAdit(folder, ['verify', ...args, '--log-key', logKey]);
    const read = await verify('shown.json');
    expect(read.out).toMatch(/place\/lat: -1\.7903\n.*place\/lon: 29\.6121\n.*shown to Bank .* by the key that signed/);
    expect([read.code, read.out]).toEqual([0, expect.stringMatching(/VERIFIED\n$/)]);
    const less = JSON.parse((await verify('less.json', '--json')).out) as { events: { disclosed: object }[] };
    expect(less.events.map(({ disclosed }) => disclosed)).toEqual([{ '/place/lat': '-1.7903' }]);
    expect(await verify('shown.json', '--reader', 'Bank')).toMatchObject({ code: 0 });
    expect(await verify('shown.json', '--reader', 'Trader')).toMatchObject({ code: 3 });
    expect((await runAdit(folder, ['verify', 'shown.json'])).code).toBe(5);
    expect(await verify('shown.json', '--reader', 'Bank', '--presenter', 'coop')).toMatchObject({ code: 0 });
    expect(await verify('shown.json', '--presenter', 'trader')).toMatchObject({ code: 3 });
    await passedOn(verify);
    // A claim more than was signed for, and an event that another key signed.
    const more = JSON.parse(readFileSync(join(folder, 'shown.json'), 'utf8')) as { items: { presentation: string }[] };
    const [shown] = more.items;
    if (shown !== undefined) shown.presentation = shown.presentation.replace(/^([^~]+~)[^~]+~/, '$1');
    writeFileSync(join(folder, 'more.json'), JSON.stringify(more));
    expect(await verify('more.json')).toMatchObject({ code: 3, out: expect.stringContaining('BROKEN') });
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...more, keys: 'none' }));
    expect((await verify('bad.json')).code).toBe(1);
    // Who sees the lot without its disclosures has none to show; who does not see it finds no lot.
    expect((await as('authority', 'disclose', 'SYN-T-9', '--to', 'Bank', '--fields', 'lat')).err).toContain(
      'no disclosure',
    );
    expect((await as('stranger', 'disclose', 'SYN-T-9', '--to', 'Bank', '--fields', 'lat')).code).toBe(1);
  });

  it('fills, shows and erases contacts', async () => {
    const set = await as(
      'coop',
      'contacts',
      'set',
      '--representative',
      'G. Uwase',
      '--phone',
      '+250 788 123 456',
      '--show-to',
      'buyer',
    );
    expect([set.code, set.out]).toEqual([0, expect.stringContaining('shown to: authorities of your country, buyer')]);
    expect((await as('authority', 'contacts', 'list')).out).toMatch(/coop +G\. Uwase +\+250 788 123 456/);
    expect((await as('buyer', 'contacts', 'show', 'coop')).out).toContain('representative: G. Uwase');
    expect((await as('stranger', 'contacts', 'show', 'coop')).code).toBe(1);
    expect((await as('coop', 'contacts', 'set', '--phone', 'none')).code).toBe(1);
    expect((await as('coop', 'contacts', 'erase')).out).toContain('Erased');
    expect((await as('authority', 'contacts', 'list')).err).toContain('no contacts');
    expect((await as(null, 'contacts', 'erase')).code).toBe(2);
  });
});
