import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { positionRepeated } from '../../../src/core/rules/origin/series/position-repeated.js';
import { positioned } from '../../support/cases-series.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, world } from '../../support/told-world.js';

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(positionRepeated, log.facts(from), defaultParameters).findings;

describe('position-repeated', () => {
  it('is low from ten equal positions on three days, medium from twenty on five', () => {
    expect(found(positioned(9, () => 0))).toEqual([]);
    expect(found(positioned(10, () => 0)).map(({ severity }) => severity)).toEqual(['low']);
    expect(found(positioned(20, () => 0)).map(({ severity }) => severity)).toEqual(['medium']);
  });

  it('finds the repeated position among others', () => {
    const [finding] = found(positioned(40, (n) => (n % 2 === 0 ? 0 : n)));
    expect(finding).toMatchObject({ measured: '20 of 40 on 10 days' });
    expect(finding?.lots).toEqual(Array.from({ length: 20 }, (_, i) => lot(`bag${2 * i}`)));
  });

  it('does not judge positions that are written too coarsely, or of a facility', () => {
    const at = (place: Record<string, unknown>) => {
      const log = world();
      for (let n = 0; n < 24; n += 1)
        declares(log, [{ lot: lot(`bag${n}`), kg: '50.3' }], {
          occurredAt: new Date(Date.parse('2026-05-12T08:00:00Z') + n * 8 * 3_600_000).toISOString(),
          place: { site: 'hill', accuracyM: '8', ...place },
        });
      return log;
    };
    expect(found(at({ lat: '-1.7901', lon: '30.01511' }))).toEqual([]);
    expect(found(at({ facility: 'depot', lat: '-1.79013', lon: '30.01511' }))).toEqual([]);
    expect(found(at({ lat: '-1.79013', lon: '30.01511' }))).toHaveLength(1);
  });

  it('finds the same however many entries are judged together', () => {
    const log = positioned(24, () => 0);
    for (const last of [1, 7]) expect(found(log, log.entries.length - last)).toEqual(found(log));
  });
});
