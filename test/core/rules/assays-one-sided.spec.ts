import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { assaysOneSided } from '../../../src/core/rules/mass/series/assays-one-sided.js';
import { certified } from '../../support/cases-series.js';
import type { ScriptedLog } from '../../support/scripted-log.js';

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(assaysOneSided, log.facts(from), defaultParameters).findings;

/** Assays that differ so far from the 52.0 to 52.4 % that were declared, per cent of the grade. */
const differing = (percent: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => ((52 + (n % 5) / 10) * (1 + percent / 100)).toFixed(2));

describe('assays of lots that one actor declared', () => {
  it('are one finding about that actor where they are all higher', () => {
    const findings = found(certified(differing(4, 8)));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: 'series:declared-grades:coop/cassiterite/Sn',
      cause: 'more',
      measured: expect.stringMatching(/^(3\.9|4\.0)\d % in 8 assays$/),
    });
    expect(findings[0]?.detail).toContain('Laboratories find more Sn in cassiterite than coop declares: 8 of 8 assays');
  });

  it('are found on the other side too, by the fifth', () => {
    expect(found(certified(differing(-4.5, 4)))).toEqual([]);
    expect(found(certified(differing(-4.5, 5)))).toMatchObject([{ cause: 'less', severity: 'medium' }]);
  });

  it('are not found where they differ as two samples do, or one differs much', () => {
    const honest = [1.2, -2.1, 2.8, -0.4, 1.9, -3.1, 0.2, 2.2, -1.1, -0.7].flatMap((percent) => differing(percent, 1));
    expect(found(certified([...honest, ...honest]))).toEqual([]);
    expect(found(certified([...honest, '78', ...honest]))).toEqual([]);
  });
});

describe('assays of one laboratory', () => {
  it('are one finding about it where others find less', () => {
    const first = (n: number): string => (51.8 + (n % 7) / 10).toFixed(1);
    const findings = found(certified(differing(4, 12), first));
    expect(findings.map(({ subject }) => subject)).toEqual(['series:assays:lab/cassiterite/Sn']);
    expect(findings[0]?.detail).toContain(
      'Assays of laboratory lab find more Sn in cassiterite than other laboratories',
    );
  });

  it('are the same finding however many entries are judged together', () => {
    const log = certified(differing(4, 8));
    for (const last of [1, 4]) expect(found(log, log.entries.length - last)).toEqual(found(log));
  });
});
