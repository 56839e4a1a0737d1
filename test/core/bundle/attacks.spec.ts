import { beforeEach, describe, expect, it } from '@jest/globals';
import { type BundleJson, parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, type StepName, checkBundle } from '../../../src/core/bundle/check.js';
import { generateSigner } from '../../../src/core/event/build.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { Forger } from '../../support/forger.js';

const kilograms = (value: string) => ({ value, uom: 'KGM' });
const tin = (value: string, more: object = {}) => ({
  mineral: 'cassiterite',
  form: 'concentrate',
  mass: kilograms(value),
  ...more,
});

let forger: Forger;
let lot: string;

const check = (text: string): Promise<BundleReport> =>
  checkBundle(parseBundle(text), {
    logKeys: [forger.log.vkey],
    policy: null,
    parameters: defaultParameters,
    checkSignature,
  });

/** The step that breaks, and at which entry; null where none does. */
async function broken(text: string): Promise<[StepName, number | undefined] | null> {
  const step = (await check(text)).steps.find(({ outcome }) => outcome === 'broken');
  return step === undefined ? null : [step.step, step.index];
}

async function declare(value = '50', more: object = {}): Promise<string> {
  const { lots } = await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin(value, more)] });
  return lots[0] as string;
}

const send = (by: string, to: string, of: string, more: object = {}) =>
  forger.write(by, 'custody.dispatched', { to, lots: [{ lot: of, ...more }] });
const receive = (by: string, from: string, of: string, value = '49.9') =>
  forger.write(by, 'custody.received', { from, lots: [{ lot: of, mass: kilograms(value) }] });

beforeEach(async () => {
  forger = await Forger.open();
  lot = await declare('50', { tags: ['T-7'] });
  await send('coop', 'trader', lot);
  await receive('trader', 'coop', lot);
  await forger.clock();
});

describe('a bundle of an honest history', () => {
  it('is verified, step by step', async () => {
    const sealed = await forger.seal();
    const report = await check(forger.bundle(lot, { sealed }));
    expect(report.steps.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
    expect(report).toMatchObject({
      word: 'VERIFIED',
      judged: {
        lot: { id: lot, holder: 'trader', status: 'held' },
        verdicts: { record: 'intact', custody: 'complete', risk: 'none' },
        findings: [],
      },
    });
  });

  it('names who brought what cannot be true into the log, though every signature holds', async () => {
    await send('trader', 'plant', lot);
    await receive('plant', 'trader', lot, '60');
    const report = await check(forger.bundle(lot, { sealed: await forger.seal() }));
    expect(report.word).toBe('VERIFIED');
    expect(report.judged).toMatchObject({ verdicts: { risk: 'critical' }, findings: [{ rule: 'mass-gained' }] });
  });

  it('cannot decide without a sealed index, and says about what', async () => {
    const report = await check(forger.bundle(lot));
    expect(report).toMatchObject({
      word: 'INCOMPLETE',
      currentAsOf: null,
      judged: { verdicts: { risk: 'undetermined' } },
    });
    expect(report.judged?.undecided.map(({ rule }) => rule)).toContain('tag-reused');
  });
});

describe('an operator who colludes', () => {
  it('is found out when he admits a second sale on one head', async () => {
    const head = forger.head(lot);
    await send('trader', 'plant', lot);
    const second = await send('trader', 'rival', lot, { prev: head });
    expect(await broken(forger.bundle(lot, { sealed: await forger.seal() }))).toEqual(['chains', second.index]);
  });

  it('is found out when he leaves the second sale out, by the index', async () => {
    const head = forger.head(lot);
    const first = await send('trader', 'plant', lot);
    const second = await send('trader', 'rival', lot, { prev: head });
    const sealed = await forger.seal();
    for (const { index } of [first, second])
      expect(await broken(forger.bundle(lot, { sealed, without: [index] }))).toEqual(['freshness', undefined]);
  });

  it('is found out when he admits one who does not hold the lot', async () => {
    const taken = await send('rival', 'plant', lot);
    expect(await broken(forger.bundle(lot))).toEqual(['admission', taken.index]);
  });

  it('is found out when he admits a lot that is used up, or made of nothing', async () => {
    const prev = forger.head(lot);
    const made = await forger.write('trader', 'lot.aggregated', {
      inputs: [{ lot }],
      outputs: [{ mass: kilograms('49') }],
    });
    const again = await forger.write('trader', 'lot.split', {
      inputs: [{ lot, prev }],
      outputs: [{ mass: kilograms('20') }, { mass: kilograms('29') }],
    });
    expect(await broken(forger.bundle(again.lots[0] as string))).toEqual(['chains', again.index]);
    expect(await broken(forger.bundle(again.lots[0] as string, { without: [made.index] }))).toBeNull();
    const sealed = await forger.seal();
    expect(await broken(forger.bundle(again.lots[0] as string, { without: [made.index], sealed }))).toEqual([
      'freshness',
      undefined,
    ]);
  });

  it('is found out when he lets a key speak that was never registered, or was revoked', async () => {
    const stranger = generateSigner('Ed25519').signer;
    const forged = await forger.write('trader', 'custody.dispatched', { to: 'plant', lots: [{ lot }] }, stranger);
    expect(await broken(forger.bundle(lot))).toEqual(['signatures', forged.index]);
    const revoked = await forger.write('registrar', 'key.revoked', {
      actor: 'coop',
      kid: forger.key('coop').kid,
      reason: 'lost',
    });
    const late = await declare('20');
    const text = forger.bundle(late, { without: [forged.index] });
    expect(await broken(text)).toEqual(['admission', revoked.index + 1]);
  });

  it('is found out when he leaves out a hold, a revocation, an inspection or another use of a tag', async () => {
    const hidden = [
      await forger.write('agent', 'lot.held', { lots: [lot], ground: 'seizure' }),
      await forger.write('registrar', 'key.revoked', { actor: 'coop', kid: forger.key('coop').kid, reason: 'stolen' }),
      await forger.write('agent', 'site.inspected', {
        site: 'hill',
        date: '2026-05-11',
        certification: 3,
        activity: 1,
      }),
      await forger.write('agent', 'tags.voided', { tags: ['T-7'], reason: 'lost' }),
      await forger.write('trader', 'incident.reported', { category: 'theft', level: 1, lots: [lot] }),
      await forger.write('trader', 'event.disputed', { event: forger.head(lot), ground: 'mass' }),
      await forger.write('registrar', 'actor.statusChanged', { actor: 'trader', status: 'suspended', reason: 'fraud' }),
    ];
    const sealed = await forger.seal();
    for (const { index } of hidden)
      expect([index, await broken(forger.bundle(lot, { sealed, without: [index] }))]).toEqual([
        index,
        ['freshness', undefined],
      ]);
  });

  it('is found out when he shows another log to one who had seen the true one', async () => {
    const size = forger.texts.length;
    const seen = { size, root: Buffer.alloc(32, 7).toString('base64') };
    const told = await forger.write('trader', 'custody.dispatched', { to: 'plant', lots: [{ lot }], seen });
    expect(await broken(forger.bundle(lot))).toEqual(['inclusion', told.index]);
  });

  it('is found out when he names another log key in entry 0 than the one that he signs with', async () => {
    const other = await Forger.open();
    forger.texts[0] = other.texts[0] as string;
    expect((await check(forger.bundle(lot))).word).toBe('BROKEN');
  });
});

describe('somebody who changes a bundle on its way', () => {
  let whole: BundleJson;

  beforeEach(async () => {
    whole = JSON.parse(forger.bundle(lot, { sealed: await forger.seal() })) as BundleJson;
  });

  const changed = (change: (bundle: BundleJson) => void): string => {
    const copy = structuredClone(whole);
    change(copy);
    return JSON.stringify(copy);
  };

  it('changes no event, none of its signatures, and not its place', async () => {
    for (const [i, { event }] of whole.events.entries()) {
      const [head = '', body = '', signature = ''] = event.split('.');
      const forgeries = [
        `${head}.${body.replace(/.(?=.{6}$)/, (c) => (c === 'A' ? 'B' : 'A'))}.${signature}`,
        `${head}.${body}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
      ];
      for (const forgery of forgeries) {
        const text = changed(({ events }) => {
          (events[i] as { event: string }).event = forgery;
        });
        expect([i, (await broken(text))?.[0]]).toEqual([i, 'inclusion']);
      }
    }
    const moved = changed(({ events }) => {
      const [first, second] = [events[4], events[5]] as [{ event: string }, { event: string }];
      [first.event, second.event] = [second.event, first.event];
    });
    expect((await broken(moved))?.[0]).toBe('inclusion');
  });

  it('adds nothing, and puts nothing in another order', async () => {
    const twice = changed(({ events }) => events.push(events[3] as (typeof events)[number]));
    expect(() => parseBundle(twice)).toThrow('order of the log');
    const later = changed(({ events }) => events.push({ index: 500, event: events[3]?.event ?? '' }));
    expect((await broken(later))?.[0]).toBe('inclusion');
  });

  it('changes neither the checkpoint nor the proof nor the index', async () => {
    const forgeries = [
      changed((bundle) => (bundle.checkpoint = bundle.checkpoint.replace(/.{6}\n$/, 'AAAA==\n'))),
      changed((bundle) => (bundle.checkpoint = bundle.checkpoint.replace(/\n[0-9]+\n/, '\n9\n'))),
      changed((bundle) => (bundle.nodes = '')),
      changed((bundle) => bundle.index && (bundle.index.event -= 1)),
      changed((bundle) => bundle.index && (bundle.index.shape = bundle.index.shape.replace('K', 'E'))),
      changed((bundle) => bundle.index && (bundle.index.hashes = '')),
    ];
    for (const [i, text] of forgeries.entries())
      expect([i, (await check(text)).word]).toEqual([i, i === 2 || i === 5 ? expect.any(String) : 'BROKEN']);
  });

  it('puts a checkpoint by another key in its place: that decides nothing, and both keys are named', async () => {
    const other = await Forger.open();
    const report = await check(changed((bundle) => (bundle.checkpoint = other.checkpoint())));
    expect([report.word, report.judged]).toEqual(['INCOMPLETE', null]);
    expect(report.steps).toEqual([
      { step: 'policy', outcome: 'incomplete', detail: expect.stringMatching(/^This checkpoint is by another key/) },
    ]);
    for (const { vkey } of [forger.log, other.log])
      expect(report.steps[0]?.detail).toContain(vkey.split('+').slice(0, 2).join('+'));
  });

  it('discloses nothing that was not signed', async () => {
    const declared = whole.events.findIndex(({ event }) => event.includes('~') && event.split('~').length > 1);
    const forged = Buffer.from(JSON.stringify(['A'.repeat(22), 'lat', '1.5'])).toString('base64url');
    const text = changed(({ events }) => {
      const entry = events[declared] as { event: string };
      entry.event = `${entry.event}${forged}~`;
    });
    expect((await broken(text))?.[0]).toBe('disclosures');
  });

  it('is no bundle where a field is missing, too many, or of another form', () => {
    const forms = [
      '[]',
      '{',
      changed((bundle) => Object.assign(bundle, { more: 1 })),
      changed((bundle) => Object.assign(bundle, { format: 'adit-bundle/2' })),
      changed((bundle) => Object.assign(bundle, { nodes: 'AAAA' })),
      changed((bundle) => Object.assign(bundle, { events: [] })),
    ];
    for (const text of forms) expect(() => parseBundle(text)).toThrow('request-invalid');
  });
});
