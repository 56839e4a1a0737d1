import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { get, openAsRegistrar } from '../support/outside-client.js';
import { runAdit } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const DAY = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

interface Ended {
  code: number | null;
  out: string;
}

describe('the short commands on a ledger', () => {
  let service: TestServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-short-'));
    service = await startTestServer({ ADIT_ROLE: 'api' });
    const registrar = await openAsRegistrar(service.url);
    const jwk = await exportJWK(registrar.key.privateKey);
    writeFileSync(join(folder, 'registrar.jwk'), JSON.stringify({ ...jwk, adit: { actor: 'registrar' } }));
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = (): Record<string, string> => ({ ADIT_SERVER: service.url, ADIT_KEY: 'coop.jwk' });

  /** Runs commands one after the other on pipes; what a command says of errors follows what it says of its result. */
  async function play(commands: readonly string[][]): Promise<Ended[]> {
    const ended: Ended[] = [];
    for (const args of commands) {
      const { code, out, err } = await runAdit(folder, args, settings());
      ended.push({ code, out: out + err });
    }
    return ended;
  }

  /** Lines of an output with what is new in each run replaced: ids, times, numbers of entries. */
  const plain = (out: string): string[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) =>
        line
          .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'LOT')
          .replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, 'EVENT')
          .replace(/entry [0-9]+/g, 'entry N')
          .replace(/\b[0-9a-f]{8}\b/g, 'SHORT'),
      );

  /** Plays commands, each of which must end well, and returns what each said. */
  async function said(...commands: string[][]): Promise<string[][]> {
    const ended = await play(commands);
    expect(ended.map(({ code, out }, i) => [commands[i], code, code === 0 ? '' : out])).toEqual(
      commands.map((each) => [each, 0, '']),
    );
    for (const { out } of ended) expect(out).not.toContain('\u001b');
    return ended.map(({ out }) => plain(out));
  }

  const as = (actor: string, ...words: string[]): string[] => [...words, '--key', `${actor}.jwk`];

  const declare = (tag: string, mass: string, mineral = 'cassiterite'): string[] =>
    as('coop', 'declare', '--site', 'hill', '--mass', mass, '--mineral', mineral, '--tag', tag);

  it('register actors, a site and a facility', async () => {
    const actors = { coop: 'miner', trader: 'trader' };
    const capacity = ['--at', '-1.95,30.06', '--capacity', '20 t'];
    const answers = await said(
      ...Object.keys(actors).map((actor) => ['keygen', `${actor}.jwk`, '--actor', actor, '--log', 'example.org/tin']),
      ...Object.entries(actors).map(([actor, role]) =>
        as('registrar', 'register', 'actor', `${actor}.registration.json`, '--role', role, '--country', 'RW'),
      ),
      as('registrar', ...'register site hill --operator coop --country RW --mineral cassiterite,gold'.split(' ')),
      as(
        'registrar',
        ...'register facility depot --kind warehouse --country RW --operator trader'.split(' '),
        ...capacity,
      ),
    );
    expect(answers.slice(2)).toEqual([
      [
        '✓ entry N  actor.registered  EVENT',
        'Next: adit register site SITE --operator coop --country CC --mineral MINERAL',
      ],
      ['✓ entry N  actor.registered  EVENT'],
      ['✓ entry N  site.registered  EVENT', 'Next: adit declare --site hill --mass "48.6 kg" --mineral MINERAL'],
      ['✓ entry N  facility.registered  EVENT'],
    ]);
  });

  it('declare, measure, seal, hand over and reject, and say what each weighing changed', async () => {
    const answers = await said(
      [...declare('SYN-1', '48.6 kg'), '--lot-number', 'L-1'],
      declare('SYN-2', '50 kg'),
      declare('SYN-3', '931.2 g', 'gold'),
      as('coop', 'measure', 'SYN-1', 'SYN-2', '--moisture', '6.5', '--grade', 'Sn 62 %'),
      as('coop', 'seal', 'SYN-1', '--seal-on', 'S-77120'),
      as('coop', 'dispatch', 'SYN-1', 'SYN-2', 'SYN-3', '--to', 'trader', '--facility', 'depot'),
      as('trader', 'receive', 'SYN-1', 'SYN-2', '--mass', 'SYN-1=48.5 kg', '--mass', 'SYN-2=45 kg'),
      as('trader', 'reject', 'SYN-3', '--reason', 'seal broken'),
    );
    expect(answers.slice(2)).toEqual([
      ['✓ entry N  lot.declared  EVENT', '  lot LOT  SYN-3  931.2 g gold', 'Next: adit dispatch SYN-3 --to ACTOR'],
      [
        '✓ entry N  lot.measured  EVENT',
        '  lot LOT  SYN-1 L-1  48.6 kg cassiterite',
        '  lot LOT  SYN-2  50 kg cassiterite',
        'Next: adit lot SYN-1',
      ],
      ['✓ entry N  lot.sealed  EVENT', '  lot LOT  SYN-1 L-1  48.6 kg cassiterite', 'Next: adit lot SYN-1'],
      [
        '✓ entry N  custody.dispatched  EVENT',
        '  lot LOT  SYN-1 L-1  48.6 kg cassiterite  → trader',
        '  lot LOT  SYN-2  50 kg cassiterite  → trader',
        '  lot LOT  SYN-3  931.2 g gold  → trader',
        'Next: trader signs: adit receive SYN-1 SYN-2 SYN-3 --mass "SYN-1=… kg", and so for each',
      ],
      [
        '✓ entry N  custody.received  EVENT',
        '  lot LOT  SYN-1 L-1  48.5 kg cassiterite, 0.1 kg less (0.21 %) than the 48.6 kg before',
        '  lot LOT  SYN-2  45 kg cassiterite, 5 kg less (10.0 %) than the 50 kg before; most likely moisture: wet ore dries on its way; weigh it dry, or log its moisture',
        'Next: adit lot SYN-1',
      ],
      ['✓ entry N  custody.received  EVENT', '  lot LOT  SYN-3  931.2 g gold  rejected', 'Next: adit lot SYN-3'],
    ]);
  });

  it('split and aggregate, and tell what is new from what is used up', async () => {
    const answers = await said(
      as('trader', 'split', 'SYN-1', '--into', 'SYN-11=20 kg', '--into', '28.5 kg'),
      as('trader', 'aggregate', 'SYN-11', 'SYN-2', '--mass', '64.9 kg', '--tag', 'SYN-20'),
      as('trader', 'measure', 'SYN-20', '--mass', '64.8 kg'),
      ['lot', 'SYN-20'],
    );
    expect(answers.slice(0, 3)).toEqual([
      [
        '✓ entry N  lot.split  EVENT',
        '  lot LOT  SYN-11  20 kg',
        '  lot LOT  28.5 kg',
        '  lot LOT  SYN-1 L-1  48.5 kg cassiterite  used up',
        'Next: adit lot SYN-11',
      ],
      [
        '✓ entry N  lot.aggregated  EVENT',
        '  lot LOT  SYN-20  64.9 kg',
        '  lot LOT  SYN-11  20 kg cassiterite  used up',
        '  lot LOT  SYN-2  45 kg cassiterite  used up',
        'Next: adit lot SYN-20',
      ],
      [
        '✓ entry N  lot.measured  EVENT',
        '  lot LOT  SYN-20  64.8 kg cassiterite, 0.1 kg less (0.15 %) than the 64.9 kg before',
        'Next: adit lot SYN-20',
      ],
    ]);
    const history = answers[3]?.join('\n') ?? '';
    expect(history).toContain('5.1 kg less (5.2 %), most of it SYN-2: 5 kg less (10.0 %); moisture');
    expect(history).toContain('SYN-20, lot LOT\n  cassiterite concentrate, 64.8 kg, with trader\n');
  });

  it('recall what never arrived, close a second record, and dispute', async () => {
    const answers = await said(
      as('coop', 'dispatch', 'SYN-3', '--to', 'trader', '--occurred-at', ago(5), '--arrives', ago(3)),
      as('coop', 'recall', 'SYN-3', '--reason', 'road closed, came back'),
      declare('SYN-4', '41 kg'),
      as('coop', 'dispatch', 'SYN-4', '--to', 'trader'),
    );
    expect(answers[1]?.slice(1)).toEqual(['  lot LOT  SYN-3  931.2 g gold', 'Next: adit lot SYN-3']);
    const [shown] = await play([['lot', 'SYN-4', '--json']]);
    const { timeline } = JSON.parse(shown?.out ?? '') as { timeline: { index: number; type: string }[] };
    const sent = timeline.find(({ type }) => type === 'custody.dispatched')?.index;
    expect(await said(as('trader', 'dispute', 'SYN-4', String(sent), '--ground', 'nothing was sent to us'))).toEqual([
      ['✓ entry N  event.disputed  EVENT'],
    ]);

    await said(declare('SYN-5', '41 kg'), declare('SYN-5', '41 kg', 'cassiterite'));
    const [listed, ambiguous, unnamed] = await play([
      ['lots', '--tag', 'SYN-5', '--json'],
      as('coop', 'close', 'SYN-5', '--reason', 'entered twice'),
      as('trader', 'dispute', 'SYN-4', '--ground', 'x'),
    ]);
    const [second = '', first = ''] = (listed?.out ?? '')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id.slice(0, 8));
    expect(ambiguous).toMatchObject({ code: 2, out: expect.stringContaining(`such as ${second}.`) });
    expect(unnamed).toMatchObject({ code: 2, out: expect.stringContaining('adit dispute SYN-4 14') });
    expect(await said(as('coop', 'close', second, '--reason', 'entered twice', '--duplicate-of', first))).toEqual([
      ['✓ entry N  lot.closed  EVENT', '  lot LOT  SYN-5  41 kg cassiterite', 'Next: adit lot SYN-5'],
    ]);
  });

  it('ask the ledger before anything is signed', async () => {
    const body = (site: string): string =>
      JSON.stringify({
        place: { site },
        outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '48.6', uom: 'KGM' } }],
      });
    writeFileSync(join(folder, 'good.json'), body('hill'));
    writeFileSync(join(folder, 'bad.json'), body('hil'));
    writeFileSync(join(folder, 'sale.json'), JSON.stringify({ to: 'trader', lots: [{ lot: 'SYN-20' }] }));
    const before = await size();
    const [good, bad, stranger, sale, dry, offline] = await play([
      ['check', 'good.json', '--type', 'lot.declared'],
      ['check', 'bad.json', '--type', 'lot.declared'],
      ['check', 'good.json', '--type', 'lot.declared', '--as', 'nobody'],
      ['check', 'sale.json', '--type', 'custody.dispatched', '--as', 'coop'],
      as('coop', 'dispatch', 'SYN-20', '--to', 'trader', '--dry-run'),
      ['check', 'bad.json', '--type', 'lot.declared', '--offline'],
    ]);
    expect(good).toEqual({
      code: 0,
      out: '✓ good.json has the form of lot.declared\n✓ the ledger would accept it\nNext: adit record lot.declared good.json --key KEY\n',
    });
    expect(bad).toEqual({
      code: 1,
      out: `✓ bad.json has the form of lot.declared\n✗ the ledger would refuse it (site-unknown): There is no site hil.\n  /place/site: "hil"\n  What it means: ${service.url}/errors/site-unknown\n`,
    });
    expect(stranger).toMatchObject({ code: 1, out: expect.stringContaining('There is no actor nobody.') });
    for (const ended of [sale, dry])
      expect(ended).toMatchObject({ code: 1, out: expect.stringContaining('coop does not hold lot SYN-20.') });
    expect(offline).toMatchObject({ code: 0, out: '✓ bad.json has the form of lot.declared\n' });
    expect(await size()).toBe(before);
  });

  it('prune what was accepted long ago, and nothing else', async () => {
    const outbox = join(folder, '.adit', 'outbox');
    const answered = join(outbox, 'answered');
    const stored = readdirSync(answered).toSorted();
    const long = new Date(Date.now() - 40 * DAY);
    for (const name of stored.slice(0, 3)) {
      const entry = JSON.parse(readFileSync(join(answered, name), 'utf8')) as object;
      writeFileSync(join(answered, name), JSON.stringify({ ...entry, triedAt: long.toISOString() }));
      utimesSync(join(answered, name), long, long);
    }
    const [first = ''] = stored;
    const kept = JSON.parse(readFileSync(join(answered, first), 'utf8')) as object;
    writeFileSync(join(answered, first), JSON.stringify({ ...kept, state: 'refused' }));
    utimesSync(join(answered, first), long, long);
    const waits = [...declare('SYN-6', '41 kg'), '--offline=example.org/tin'];
    const [, wrong, pruned, none, refused] = await play([
      waits,
      ['outbox', 'prune', '--older-than', '48,6'],
      ['outbox', 'prune', '--older-than', '35'],
      ['outbox', 'prune', '--older-than', '35'],
      ['outbox', 'prune', '--refused'],
    ]);
    expect(wrong).toMatchObject({ code: 2, out: expect.stringContaining('such as 30') });
    expect(pruned?.out).toContain('Removed 2 events answered 35 days ago or earlier.');
    expect(none?.out).toContain('nothing was removed');
    expect(refused?.out).toContain('Removed 1 event answered 30 days ago or earlier.');
    expect(readdirSync(answered).toSorted()).toEqual(stored.slice(3));

    // As events are accepted, the oldest leave by themselves.
    const [oldest = ''] = stored.slice(3);
    const entry = JSON.parse(readFileSync(join(answered, oldest), 'utf8')) as object;
    writeFileSync(join(answered, oldest), JSON.stringify({ ...entry, triedAt: long.toISOString() }));
    utimesSync(join(answered, oldest), long, long);
    expect((await play([['outbox', 'send']]))[0]?.code).toBe(0);
    expect(readdirSync(answered)).not.toContain(oldest);
    expect(readdirSync(answered)).toHaveLength(stored.length - 3);
  });

  const size = async (): Promise<unknown> => (await get(service.url, '/v1/ledger')).body.size;
});
