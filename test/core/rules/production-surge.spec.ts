import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { productionSurge } from '../../../src/core/rules/origin/series/production-surge.js';
import { mined } from '../../support/cases-series.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { site } from '../../support/told-world.js';

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(productionSurge, log.facts(from), defaultParameters).findings;
const kinds = (log: ScriptedLog): string[] =>
  found(log)
    .map(({ subject, severity }) => `${subject} ${severity}`)
    .toSorted();

const near = (more: Record<string, unknown>) => (log: ScriptedLog) => {
  for (const [id, lon] of [
    ['ridge', '30.1000'],
    ['slope', '30.2000'],
  ] as const)
    site(log, id, { point: [lon, '-1.8000'], ...more });
};

describe('a month of a site', () => {
  it('is found where it is several times the half year before, by how much', () => {
    expect(kinds(mined({ hill: [480, 510, 530, 490, 1_450] }))).toEqual([]);
    expect(kinds(mined({ hill: [480, 510, 530, 490, 1_560] }))).toEqual(['mined:hill/cassiterite/2026-05 medium']);
    const [finding] = found(mined({ hill: [480, 510, 530, 490, 3_200] }));
    expect(finding).toMatchObject({ severity: 'high', measured: '6.3 times the mean', lots: [lot('hill4')] });
    expect(finding?.detail).toContain('declared 3200 kg of cassiterite in 2026-05; in 4 months of the six before it');
  });

  it('is not found after few months, after a strike, or where the increase is small', () => {
    expect(kinds(mined({ hill: [480, 510, 3_200] }))).toEqual([]);
    expect(kinds(mined({ hill: [480, 510, 530, 0, 0, 610] }))).toEqual([]);
    expect(kinds(mined({ hill: [48, 51, 53, 49, 320] }))).toEqual([]);
    expect(kinds(mined({ hill: [480, 2_000, 530, 490, 3_000] }))).toEqual([]);
  });

  it('is compared with the six months before it, and with no older ones', () => {
    expect(kinds(mined({ hill: [3_000, 480, 510, 530, 490, 500, 490, 1_900] }))).toEqual([
      'mined:hill/cassiterite/2026-08 medium',
    ]);
  });

  it('is the same finding however many entries are judged together', () => {
    const log = mined({ hill: [480, 510, 530, 490, 3_200, 500] });
    for (const last of [3, 5, 7]) expect(found(log, log.entries.length - last)).toEqual(found(log));
  });
});

describe('a month of a district', () => {
  const each = {
    hill: [400, 420, 410, 390, 1_060],
    ridge: [300, 310, 320, 330, 820],
    slope: [500, 480, 500, 470, 1_290],
  };

  it('is found where all its sites together declare several times what they did', () => {
    const [finding, ...more] = found(mined(each, near({})));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ subject: 'mined-in:RW.-2.0.30.0/cassiterite/2026-05', severity: 'medium' });
    expect(finding?.lots).toEqual(['hill4', 'ridge4', 'slope4'].map(lot));
    expect(finding?.detail).toContain('(3 sites)');
  });

  it('is the registered region where there is one', () => {
    expect(kinds(mined(each, near({ region: 'Eastern Province' })))).toEqual([
      'mined-in:RW.eastern-province/cassiterite/2026-05 medium',
    ]);
  });

  it('is not found beside that of its only site', () => {
    expect(kinds(mined({ hill: [480, 510, 530, 490, 1_800] }))).toEqual(['mined:hill/cassiterite/2026-05 medium']);
  });
});
