import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters, ruleById } from '../../../src/core/rules/index.js';
import { yieldsOneSided } from '../../../src/core/rules/mass/series/yields-one-sided.js';
import { upgraded } from '../../support/cases-series.js';
import type { ScriptedLog } from '../../support/scripted-log.js';

const ofRule = (id: string, log: ScriptedLog): Finding[] => {
  const rule = ruleById.get(id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return judge(rule, log.facts(), defaultParameters).findings;
};
/** What the two rules of one batch find in it: its metal alone, not its dry mass. */
const ofBatch = (recovered: number): Finding[] => [
  ...ofRule('yield-implausible', upgraded([recovered])),
  ...ofRule('mass-gained', upgraded([recovered])).filter(({ cause }) => cause.startsWith('metal:')),
];
const series = (yields: readonly number[]): Finding[] =>
  judge(yieldsOneSided, upgraded(yields).facts(), defaultParameters).findings;

describe('the recovery of one batch', () => {
  const window = defaultParameters.yieldImplausible.windows[0];
  const [from, to] = [(window?.from ?? 0) / 1e4, (window?.to ?? 0) / 1e4];

  it.each(Array.from({ length: 300 }, (_, i) => i + 0.25))(
    'is in the window, or found by one rule (%d %%)',
    (recovered) => {
      const found = ofBatch(recovered);
      expect(found).toHaveLength(recovered < from || recovered > to ? 1 : 0);
    },
  );

  it.each([100.6, 100.9, 101.1, 101.9, 102.1])('is found just above 100 %% (%d %%)', (recovered) => {
    const found = ofBatch(recovered);
    expect(found.map(({ rule }) => rule)).toEqual([recovered > 101 ? 'mass-gained' : 'yield-implausible']);
  });

  it('is found less severe where two assays may explain it', () => {
    const severities = [80, 83.5, 99.6, 100.9].map((recovered) => ofBatch(recovered)[0]?.severity);
    expect(severities).toEqual(['high', 'medium', 'medium', 'medium']);
  });
});

describe('the recoveries of many batches', () => {
  it.each([
    [98.9, 3],
    [98.2, 4],
    [97.2, 14],
    [100.9, 3],
  ])('are found at the end of the window: %d %% after %d batches', (recovered, batches) => {
    const varied = Array.from({ length: batches }, (_, i) => recovered + (i % 2 === 0 ? 0.06 : -0.06));
    expect(series(varied.slice(0, -1))).toEqual([]);
    expect(series(varied)).toHaveLength(1);
    expect(series(varied)[0]).toMatchObject({ cause: 'above', severity: 'medium', lots: expect.any(Array) });
  });

  it('are found at the lower end too, and say how much is missing', () => {
    const [found] = series([85.4, 85.9, 85.2, 85.7]);
    expect(found).toMatchObject({ cause: 'below', measured: '85.6 % in 4 batches', threshold: '85.0 % to 99.0 %' });
    expect(found?.detail).toContain('kg of Sn less than the middle');
  });

  it('are not found where they vary in the middle, or one batch is off', () => {
    expect(series([93, 96.8, 91.2, 95.5, 88.9, 94.3, 96.1, 92.7])).toEqual([]);
    expect(series([93, 96.8, 130, 95.5, 88.9, 20, 96.1, 92.7])).toEqual([]);
  });

  it('are found where they are more alike than assays are', () => {
    const [found] = series([94.01, 94.02, 94, 94.03, 93.99, 94.01]);
    expect(found).toMatchObject({ cause: 'alike', severity: 'low' });
    expect(series([94.01, 94.02, 94, 94.3, 93.99, 94.01])).toEqual([]);
  });

  it('are the same however many entries are judged together', () => {
    const log = upgraded([93, 98.4, 98.1, 98.6, 98.3]);
    const whole = judge(yieldsOneSided, log.facts(), defaultParameters).findings;
    expect(whole).toHaveLength(1);
    for (const last of [1, 4, 9])
      expect(judge(yieldsOneSided, log.facts(log.entries.length - last), defaultParameters).findings).toEqual(whole);
  });
});
