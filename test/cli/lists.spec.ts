import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProgram } from '../../src/cli/program.js';
import type { Alert } from '../../src/core/api/alerts/alert.js';
import type { LotState } from '../../src/core/api/lot.js';
import { type Body, type OutsideActor, openAsRegistrar } from '../support/outside-client.js';
import { Pipes } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { until } from '../support/until.js';

const bag = (value: string, tag: string): Body => ({
  mineral: 'cassiterite',
  form: 'concentrate',
  mass: { value, uom: 'KGM' },
  tags: [tag],
});

describe('lists of adit', () => {
  let service: TestServer;
  let coop: OutsideActor;
  let trader: OutsideActor;
  let bags: { id: string; lots: string[] };

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'all' });
    const registrar = await openAsRegistrar(service.url);
    coop = await registrar.register('coop', ['miner']);
    trader = await registrar.register('trader', ['trader']);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite', 'gold'],
    });
    bags = await coop.must('lot.declared', {
      place: { site: 'hill' },
      outputs: [bag('48.6', 'RW-A000001'), bag('50', 'RW-A000002'), bag('51.25', 'RW-A000003')],
    });
    const sent = await coop.must('custody.dispatched', {
      to: 'trader',
      lots: bags.lots.map((lot) => ({ lot, prev: bags.id })),
    });
    await trader.must('custody.received', {
      from: 'coop',
      lots: [
        { lot: bags.lots[0], prev: sent.id, mass: { value: '46', uom: 'KGM' } },
        { lot: bags.lots[1], prev: sent.id, outcome: 'rejected', reason: 'torn' },
      ],
    });
    await coop.must('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'gold', form: 'ore', mass: { value: '31.2', uom: 'GRM' }, tags: ['RW-A000002'] }],
    });
  });

  afterAll(async () => {
    await service.close();
  });

  /** What the command prints, in this process: what is for people, and what it notes beside it. */
  async function adit(...args: string[]): Promise<{ out: string; notes: string }> {
    const pipes = new Pipes();
    await createProgram(false, pipes).parseAsync(['node', 'adit', ...args, '--server', service.url]);
    return { out: pipes.out, notes: pipes.err };
  }

  const json = async <T>(...args: string[]): Promise<T[]> =>
    (await adit(...args, '--json')).out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);

  it('lists lots by holder, receiver, tag and status, in words and as a line of JSON each', async () => {
    const { out } = await adit('lots', '--status', 'on-the-way');
    expect(out.split('\n')).toHaveLength(3);
    expect(out).toMatch(/RW-A000003 +cassiterite concentrate +51.25 kg +coop → trader, on the way/);
    expect((await adit('lots', '--mineral', 'gold')).out).toContain('31.2 g ');
    const lotsOf = async (...args: string[]): Promise<string[]> =>
      (await json<LotState>('lots', ...args)).map(({ id }) => id);
    expect(await lotsOf('--to', 'trader')).toEqual([bags.lots[2]]);
    expect(await lotsOf('--holder', 'trader')).toEqual([bags.lots[0]]);
    expect(await lotsOf('--tag', 'RW-A000001')).toEqual([bags.lots[0]]);
    expect(await lotsOf('--site', 'valley')).toEqual([]);
    await expect(adit('lots', '--status', 'lost')).rejects.toThrow('There is no status lost.');
  });

  it('says that there are more than it shows', async () => {
    const { out, notes } = await adit('lots', '--limit', '2');
    expect(out.trim().split('\n')).toHaveLength(3);
    expect(notes).toContain('--limit 4');
    expect((await adit('lots', '--all')).notes).toBe('');
    await expect(adit('lots', '--limit', 'x')).rejects.toThrow('no number of rows');
  });

  it('adds up stock, and lists sites, actors and what waits', async () => {
    const { out, notes } = await adit('stock', 'trader');
    expect(out).toMatch(/trader +cassiterite concentrate +1 lot, 46 kg/);
    expect(notes).toContain('On the way to trader: 1 lot.');
    expect((await adit('sites', '--mineral', 'gold')).out).toMatch(/hill +RW +coop/);
    expect((await adit('actors', '--role', 'trader')).out.split('\n')).toHaveLength(3);
    expect((await adit('waiting')).notes).toBe('No event waits.\n');
    const absent = await coop.sign('lot.declared', { place: { site: 'hill' }, outputs: [bag('1', 'RW-A000009')] });
    const early = await coop.record('custody.dispatched', {
      to: 'trader',
      lots: [{ lot: absent.lots[0], prev: absent.id }],
    });
    expect(early.status).toBe(202);
    expect((await adit('waiting')).out).toMatch(
      new RegExp(
        `${early.id.slice(0, 8)} +custody.dispatched +coop +${absent.lots[0]?.slice(0, 8)} +${absent.id.slice(0, 8)}`,
      ),
    );
  });

  it('shows one bag of an event with its own mass and outcome, by any of its names', async () => {
    for (const name of [bags.lots[0] ?? '', (bags.lots[0] ?? '').slice(0, 8), 'RW-A000001']) {
      const { out } = await adit('lot', name);
      expect(out).toContain(`RW-A000001, lot ${bags.lots[0]}`);
      expect(out).toContain('cassiterite concentrate, 46 kg, with trader');
      expect(out).toMatch(/declared by coop at hill +48.6 kg/);
      expect(out).toContain('2.6 kg less (5.3 %); moisture');
      expect(out).not.toContain('149.85');
    }
    const rejected = await adit('lot', bags.lots[1] ?? '');
    expect(rejected.out).toContain('REJECTED by trader, still with coop: torn');
    expect(rejected.out).not.toContain('received by trader');
  });

  it('lists the candidates where several lots have a name', async () => {
    const asked = adit('lot', 'RW-A000002');
    await expect(asked).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(bags.lots[1] ?? '') });
    await expect(adit('lot', 'RW-X')).rejects.toThrow('No lot is called RW-X.');
  });

  it("shows a tag's history, what was found, and lets a person deal with the alert", async () => {
    const alert = await until(async () => (await json<Alert>('alerts', '--rule', 'tag-reused'))[0]);
    const id = alert.id.slice(0, 8);
    const listed = await adit('alerts', '--lot', bags.lots[1] ?? '');
    expect(listed.out).toContain('RW-A000002 (hill)');
    expect(listed.out).toContain(`alert ${id}`);
    const { out } = await adit('tag', 'RW-A000002');
    expect(out).toContain('declared by coop at hill');
    expect(out).toContain('tag-reused');
    expect((await adit('findings', '--lot', bags.lots[1] ?? '', '--rule', 'tag-reused')).out).toContain('RW-A000002');
    await adit('alerts', 'ack', id, '--reason', 'calling coop', '--by', 'Grace');
    await adit('alerts', 'assign', id, 'Jean');
    const made = await adit('alerts', 'silence', id, '--until', '7d', '--reason', 'known', '--json');
    const silence = JSON.parse(made.out) as { id: string; filters: object };
    expect(silence.filters).toMatchObject({ rules: ['tag-reused'] });
    expect((await adit('alerts', 'silences')).out).toContain('known');
    await adit('alerts', 'unsilence', silence.id.slice(0, 8));
    expect((await adit('alerts', 'silences')).notes).toBe('Nothing is silenced.\n');
    await adit('alerts', 'resolve', id, '--reason', 'tag was misread', '--evidence', bags.id);
    const shown = (await adit('alerts', 'show', id)).out;
    for (const words of [
      'acknowledged by Grace: calling coop',
      'assigned to Jean',
      `evidence: ${bags.id}`,
      'tag was misread',
    ])
      expect(shown).toContain(words);
    await expect(adit('alerts', 'show', '00000000')).rejects.toThrow('There is no alert');
  });
});
