import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, checkBundle } from '../../../src/core/bundle/check.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { Forger } from '../../support/forger.js';

const kilograms = (value: string) => ({ value, uom: 'KGM' });

let forger: Forger;
let lot: string;
/** Id of the finding: the lot gained mass on its way. */
let gained: string;

const check = async (more: object = {}): Promise<BundleReport> => {
  const sealed = await forger.seal();
  await forger.clock();
  return checkBundle(parseBundle(forger.bundle(lot, { sealed, ...more })), {
    logKeys: [forger.log.vkey],
    policy: null,
    parameters: defaultParameters,
    checkSignature,
  });
};

const answer = (by: string, what: string, more: object = {}) =>
  forger.write(by, 'finding.answered', { finding: gained, answer: what, reason: 'weighed again', ...more });

/** The risk, and the status of each finding, those that stand first. */
const standing = ({ judged }: BundleReport) => [
  judged?.verdicts.risk,
  ...[...(judged?.findings ?? []), ...(judged?.settled ?? [])].map(({ status }) => status),
];

async function handOver(from: string, to: string, value: string): Promise<void> {
  await forger.write(from, 'custody.dispatched', { to, lots: [{ lot }] });
  await forger.write(to, 'custody.received', { from, lots: [{ lot, mass: kilograms(value) }] });
}

beforeEach(async () => {
  forger = await Forger.open();
  const output = { mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50') };
  [lot = ''] = (await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [output] })).lots;
  await handOver('coop', 'trader', '60');
  const report = await check();
  expect(standing(report)).toEqual(['critical', 'open']);
  gained = report.judged?.findings[0]?.id ?? '';
});

describe('an answer to a finding, in a bundle', () => {
  it('settles it where an authority dismisses or closes it', async () => {
    const { id } = await answer('agent', 'dismiss');
    const report = await check();
    expect([report.word, ...standing(report)]).toEqual(['VERIFIED', 'none', 'dismissed']);
    expect(report.judged?.settled[0]?.answers).toEqual([
      { event: id, by: 'agent', answer: 'dismiss', reason: 'weighed again' },
    ]);
  });

  it('explains it where one of those whom it names does, and does no more', async () => {
    await answer('trader', 'dismiss');
    await answer('rival', 'explain');
    expect(standing(await check())).toEqual(['critical', 'open']);
    await answer('trader', 'explain');
    expect(standing(await check())).toEqual(['critical', 'explained']);
  });

  it('counts from a later holder only once he holds the lot', async () => {
    await answer('plant', 'explain');
    expect(standing(await check())).toEqual(['critical', 'open']);
    await handOver('trader', 'plant', '59.9');
    await answer('plant', 'explain');
    expect(standing(await check())).toEqual(['critical', 'explained']);
  });

  it('does not settle what is found only afterwards, nor what shows more than was answered', async () => {
    await answer('agent', 'dismiss');
    await handOver('trader', 'plant', '72');
    const report = await check();
    expect(report.judged?.verdicts.risk).toBe('critical');
    expect(report.judged?.settled).toHaveLength(1);
    expect(report.judged?.findings.map(({ status }) => status)).toEqual(['open']);
  });

  it('opens it again where what was promised is not done by its day', async () => {
    await answer('trader', 'mitigate', { dueOn: new Date(forger.time + 86_400_000).toISOString().slice(0, 10) });
    expect(standing(await check())).toEqual(['critical', 'mitigated']);
    for (let i = 0; i < 49; i += 1) await forger.clock();
    expect(standing(await check())).toEqual(['critical', 'open']);
  });

  it('cannot be shown without the one that took it back', async () => {
    await answer('agent', 'dismiss');
    const { index } = await answer('trader', 'explain');
    expect(standing(await check())).toEqual(['critical', 'explained']);
    const hidden = await check({ without: [index] });
    expect(hidden.steps.at(-1)).toMatchObject({ step: 'freshness', outcome: 'broken' });
  });
});
