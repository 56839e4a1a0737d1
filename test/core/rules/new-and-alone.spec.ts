import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { productionSurge } from '../../../src/core/rules/origin/series/production-surge.js';
import { siteRisesAlone } from '../../../src/core/rules/origin/series/site-rises-alone.js';
import { siteStartsFull } from '../../../src/core/rules/origin/site-starts-full.js';
import { begun } from '../../support/cases-origin.js';
import { inDistrict, mined } from '../../support/cases-series.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { inspect } from '../../support/told-world.js';

const alone = (log: ScriptedLog, from = 0): Finding[] =>
  judge(siteRisesAlone, log.facts(from), defaultParameters).findings;

const STEADY = [500, 520, 510, 490];
const HILL = [480, 510, 530, 490];

/** A machine or more workers, of which the registrar hears on 10 May. */
const raised = (workers: number, inspected: boolean) => (log: ScriptedLog) => {
  log.tell('site.updated', {
    iss: 'registrar',
    occurredAt: '2026-05-10T08:00:00Z',
    site: 'hill',
    capacity: { workers, kilogramsPerWorkerMonth: { cassiterite: '40' } },
  });
  if (inspected) inspect(log, 'hill', '2026-05-16', 1);
};

describe('a site beside its neighbours', () => {
  it('is found where it doubles and they do not, with what they declared', () => {
    const [finding, ...more] = alone(inDistrict([...HILL, 1_210], [...STEADY, 560]));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      subject: 'mined-in:RW.-2.0.30.0/cassiterite/2026-05',
      root: 'site:hill',
      measured: '2.4 times the mean',
      lots: [lot('hill4')],
    });
    expect(finding?.detail).toContain('2 other sites');
    expect(finding?.detail).toContain('1.1 times theirs');
  });

  it('is not found where the district rises as well, nor where it rises less than twice', () => {
    for (const beside of [760, 1_050]) expect(alone(inDistrict([...HILL, 1_210], [...STEADY, beside]))).toEqual([]);
    expect(alone(inDistrict([...HILL, 990], [...STEADY, 500]))).toEqual([]);
  });

  it('is not found after few months, where nobody works beside it, or before its neighbours had their time', () => {
    expect(alone(inDistrict([480, 510, 1_210], [500, 520, 510]))).toEqual([]);
    expect(alone(inDistrict([...HILL, 1_210], [...STEADY, 0]))).toEqual([]);
    expect(alone(mined({ hill: [...HILL, 1_210] }))).toEqual([]);
    // The hill sold first: what the others dig may follow, until the next month begins.
    expect(alone(inDistrict([...HILL, 1_210], [...STEADY, 300]))).toEqual([]);
    expect(alone(inDistrict([...HILL, 1_210, 40], [...STEADY, 300]))).toHaveLength(1);
    expect(alone(inDistrict([...HILL, 1_210, 40], [...STEADY, 300]), -1)).toHaveLength(1);
  });

  it('is not found where production comes in a few large loads', () => {
    expect(alone(inDistrict([300, 700, 250, 690, 1_210], [...STEADY, 560]))).toEqual([]);
    expect(alone(inDistrict([300, 700, 250, 690, 1_240], [...STEADY, 560]))).toHaveLength(1);
  });

  it('leaves what is several times as much to the rule of surges, and passes what an inspection confirms', () => {
    expect(alone(inDistrict([...HILL, 1_900], [...STEADY, 500]))).toEqual([]);
    expect(alone(inDistrict([...HILL, 1_210], [...STEADY, 560], raised(130, true)))).not.toEqual([]);
    expect(alone(inDistrict([...HILL, 1_210], [...STEADY, 560], raised(240, true)))).toEqual([]);
    expect(alone(inDistrict([...HILL, 1_210], [...STEADY, 560], raised(240, false)))).not.toEqual([]);
  });

  it('is found by one of the two rules, whatever capacity was confirmed', () => {
    for (const workers of [120, 150, 180])
      for (const kg of [1_550, 1_700, 1_900, 2_300]) {
        const log = inDistrict([...HILL, kg], [...STEADY, 500], raised(workers, true));
        const surges = judge(productionSurge, log.facts(), defaultParameters).findings;
        expect(surges.filter(({ subject }) => subject.startsWith('mined:hill')).length + alone(log).length).toBe(1);
      }
  });

  it('is the same finding however many entries are judged together', () => {
    const log = inDistrict([...HILL, 1_210], [...STEADY, 560]);
    for (const last of [2, 4, 9]) expect(alone(log, log.entries.length - last)).toEqual(alone(log));
  });
});

describe('the first weeks of a site', () => {
  const found = (log: ScriptedLog): Finding[] => judge(siteStartsFull, log.facts(), defaultParameters).findings;

  it('are found where it declares nearly its capacity from the first day', () => {
    const [finding, ...more] = found(begun(() => 330));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ root: 'site:ridge', measured: '88 % of its capacity', threshold: '80 %' });
    expect(finding?.lots).toHaveLength(12);
  });

  it('are not found where it grows, has been registered for long, or an inspection then finds it at work', () => {
    expect(found(begun((n) => 60 + 20 * n))).toEqual([]);
    expect(found(begun(() => 330, '2026-01-20'))).toEqual([]);
    expect(found(begun(() => 330, '2026-04-20', '2026-05-20'))).toEqual([]);
    expect(found(begun(() => 330, '2026-04-20', '2026-05-01'))).not.toEqual([]);
  });

  it('are not those of a site whose licence is older', () => {
    const licensed = (from: string): Finding[] => {
      const log = begun(() => 330);
      const licence = { kind: 'artisanal_permit', number: 'SYN-9', holder: 'coop', minerals: ['cassiterite'], from };
      log.tell('site.updated', { iss: 'registrar', occurredAt: '2026-05-01T08:00:00Z', site: 'ridge', licence });
      return found(log);
    };
    expect(licensed('2025-01-01')).toEqual([]);
    expect(licensed('2026-05-01')).not.toEqual([]);
  });
});
