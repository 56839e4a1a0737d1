import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, checkBundle } from '../../../src/core/bundle/check.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { rootHash } from '../../../src/core/log/tree.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { Forger } from '../../support/forger.js';

const HOUR = 3_600_000;
const bag = {
  place: { site: 'hill' },
  outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } }],
};

let forger: Forger;
let lot: string;

const check = (text: string): Promise<BundleReport> =>
  checkBundle(parseBundle(text), {
    logKeys: [forger.log.vkey],
    policy: null,
    parameters: defaultParameters,
    checkSignature,
  });

const found = ({ judged }: BundleReport): string[] => (judged?.findings ?? []).map(({ rule }) => rule);
const step = ({ steps }: BundleReport, name: string) => steps.find((each) => each.step === name);
const iso = (time: number): string => new Date(time).toISOString();

/** Lets hours pass, told one by one; gives the entries that tell them. */
async function hours(count: number): Promise<number[]> {
  const entries: number[] = [];
  for (let i = 0; i < count; i += 1) {
    await forger.clock();
    entries.push(forger.texts.length - 1);
  }
  return entries;
}

const dispatch = (more: object = {}) =>
  forger.write('coop', 'custody.dispatched', { to: 'trader', lots: [{ lot }], ...more });

beforeEach(async () => {
  forger = await Forger.open();
  [lot = ''] = (await forger.write('coop', 'lot.declared', bag)).lots;
  await forger.clock();
});

describe('as of when a bundle leaves nothing out', () => {
  it('is the time of the log that the index covers, whatever the service says later of an old index', async () => {
    const size = forger.texts.length;
    const covered = forger.time;
    const { index } = await forger.write('agent', 'lot.held', { lots: [lot], ground: 'seizure' });
    await hours(48);
    const sealed = await forger.seal([], size);
    await forger.clock();
    const report = await check(forger.bundle(lot, { sealed, without: [index] }));
    expect(report).toMatchObject({ word: 'VERIFIED', currentAsOf: iso(covered) });
  });

  it('goes on over entries that follow the index without a gap, and no further', async () => {
    const size = forger.texts.length;
    await forger.clock();
    const shown = forger.time;
    const hidden = forger.texts.length;
    await hours(2);
    const sealed = await forger.seal([], size);
    expect((await check(forger.bundle(lot, { sealed }))).currentAsOf).toBe(iso(forger.time));
    expect((await check(forger.bundle(lot, { sealed, without: [hidden] }))).currentAsOf).toBe(iso(shown));
  });

  it('is not said where no time of the log is shown that the index covers', async () => {
    const sealed = await forger.seal();
    const clocks = forger.events.flatMap(({ type }, index) => (type === 'log.clock' ? [index] : []));
    const report = await check(forger.bundle(lot, { sealed, without: clocks }));
    expect(report).toMatchObject({ word: 'INCOMPLETE', currentAsOf: null });
  });

  it('cannot be an index that is dated after the log, or over entries that are not there', async () => {
    const dated = await forger.seal([], forger.texts.length, { occurredAt: '2031-01-01T00:00:00Z' });
    expect(step(await check(forger.bundle(lot, { sealed: dated })), 'admission')).toMatchObject({ index: dated });
    forger.texts.pop();
    forger.events.pop();
    const ahead = await forger.seal([], forger.texts.length + 1);
    expect(step(await check(forger.bundle(lot, { sealed: ahead })), 'admission')).toMatchObject({ index: ahead });
  });
});

describe('times of the log that are left out of a bundle', () => {
  it('do not make what came late look early', async () => {
    const said = { occurredAt: iso(forger.time), iat: Math.floor(forger.time / 1_000) };
    const clocks = await hours(80);
    await dispatch(said);
    await forger.clock();
    const sealed = await forger.seal();
    await forger.clock();
    expect(found(await check(forger.bundle(lot, { sealed })))).toContain('late-entry');
    const thin = await check(forger.bundle(lot, { sealed, without: clocks }));
    expect([thin.word, found(thin)]).toEqual(['INCOMPLETE', []]);
    expect(step(thin, 'rules')).toMatchObject({
      outcome: 'incomplete',
      detail: expect.stringMatching(/log\.clock is missing.*late-entry/),
    });
  });

  it('are not left out after the last event either: the index would be dated after the log', async () => {
    const said = { occurredAt: iso(forger.time), iat: Math.floor(forger.time / 1_000) };
    const clocks = await hours(80);
    await dispatch(said);
    const sealed = await forger.seal();
    await forger.clock();
    const none = [...clocks, forger.texts.length - 1];
    expect((await check(forger.bundle(lot, { sealed, without: none }))).word).toBe('BROKEN');
  });

  it('do not matter where the log was silent and nothing depends on it', async () => {
    await dispatch();
    const others = (await forger.write('coop', 'lot.declared', bag)).index;
    // The service was down for two days; what others wrote before is not in this bundle, so nothing proves it.
    await forger.clock(48 * HOUR);
    const sealed = await forger.seal();
    await forger.clock();
    const report = await check(forger.bundle(lot, { sealed, without: [others] }));
    expect([report.word, found(report)]).toEqual(['VERIFIED', []]);
  });

  it('do not hide that an event asked not to be admitted so late', async () => {
    const exp = Math.floor(forger.time / 1_000) + 7_200;
    const clocks = await hours(10);
    const late = await dispatch({ exp });
    await forger.clock();
    const sealed = await forger.seal();
    await forger.clock();
    expect(step(await check(forger.bundle(lot, { sealed })), 'admission')).toMatchObject({ index: late.index });
    const thin = await check(forger.bundle(lot, { sealed, without: clocks }));
    expect(step(thin, 'rules')?.detail).toContain('expired');
  });

  it('are named where an event entered after all that the bundle has: nothing bounds when', async () => {
    await forger.write('coop', 'lot.declared', bag);
    const between = forger.texts.length - 1;
    await dispatch();
    const report = await check(forger.bundle(lot, { without: [between] }));
    expect(report.judged?.undecided.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['late-entry', 'backdated']),
    );
    const whole = await check(forger.bundle(lot));
    expect(whole.judged?.undecided.map(({ rule }) => rule)).not.toContain('late-entry');
  });
});

describe('an event that was signed later than it says', () => {
  /** A dispatch that claims to be two days old, by somebody who names the newest state of the log. */
  async function backdate(): Promise<{ clocks: number[]; last: number }> {
    const said = { occurredAt: iso(forger.time), iat: Math.floor(forger.time / 1_000) };
    const clocks = await hours(48);
    const last = clocks.pop() ?? 0;
    await forger.write('coop', 'lot.declared', bag);
    const size = forger.texts.length;
    const seen = { size, root: Buffer.from(rootHash(size, forger.hashOf)).toString('base64') };
    await forger.clock();
    await dispatch({ ...said, seen });
    return { clocks, last };
  }

  it('is found by the last time before the state of the log that its signer names', async () => {
    const { clocks } = await backdate();
    const sealed = await forger.seal();
    await forger.clock();
    // What the service gathers: of all the hours between only the one before what was seen, and not the entry there.
    const report = await check(forger.bundle(lot, { sealed, without: clocks }));
    expect([report.word, found(report)]).toEqual(['VERIFIED', ['backdated']]);
  });

  it('is not acquitted where that time is left out', async () => {
    const { clocks, last } = await backdate();
    const sealed = await forger.seal();
    await forger.clock();
    const thin = await check(forger.bundle(lot, { sealed, without: [...clocks, last] }));
    expect(thin.word).toBe('INCOMPLETE');
    expect(step(thin, 'rules')?.detail).toContain('backdated');
  });

  it('is undecided where the bundle has no time before it', async () => {
    await backdate();
    const sealed = await forger.seal();
    const clocks = forger.events.flatMap(({ type }, index) => (type === 'log.clock' ? [index] : [])).slice(0, -1);
    const report = await check(forger.bundle(lot, { sealed, without: clocks }));
    expect(report.judged?.undecided).toContainEqual({
      rule: 'backdated',
      reason: expect.stringContaining('had seen, is not known'),
    });
  });
});
