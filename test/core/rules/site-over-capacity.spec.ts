import { describe, expect, it } from '@jest/globals';
import { type SiteProduction, noFacts } from '../../../src/core/rules/engine/facts.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { productionRange, siteOverCapacity } from '../../../src/core/rules/origin/site-over-capacity.js';
import { lot } from '../../support/scripted-log.js';

const DAY = 86_400_000;
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;
const KG = 1_000_000n;

/** Daily production in kg of a site with 120 workers, 40 kg each: 4.8 t a month. */
function production(days: Record<string, bigint>, workers = 120): SiteProduction {
  const dates = Object.keys(days).toSorted();
  const numbers = dates.map(dayOf);
  return {
    site: { id: 'hill' },
    capacities: [{ from: -Infinity, capacity: { workers, kilogramsPerWorkerMonth: { cassiterite: '40' } } }],
    mineral: 'cassiterite',
    ...productionRange(Math.min(...numbers), Math.max(...numbers), defaultParameters),
    days: dates.map((date, index) => ({
      day: dayOf(date),
      mass: (days[date] ?? 0n) * KG,
      lots: [{ lot: lot(date), event: `event-${date}`, mass: (days[date] ?? 0n) * KG, index }],
    })),
  };
}

const found = (...all: SiteProduction[]): Finding[] =>
  judge(siteOverCapacity, { ...noFacts(100, null), production: all }, defaultParameters).findings;

describe('a site that declares more than it can dig', () => {
  it('is critical where it books 16 t in a June of 4.8 t', () => {
    const june = { '2026-06-05': 4_000n, '2026-06-12': 4_000n, '2026-06-19': 4_000n, '2026-06-26': 4_000n };
    expect(found(production(june))).toEqual([
      expect.objectContaining({
        severity: 'critical',
        subject: 'hill/cassiterite/2026-06',
        measured: '16000 KGM',
        threshold: '4800 KGM',
        lots: Object.keys(june).map(lot),
        firstIndex: 0,
      }),
    ]);
  });

  it('stays one finding of June, though windows of July and August see June too', () => {
    const days = { '2026-06-05': 8_000n, '2026-06-26': 8_000n, '2026-07-10': 1_000n, '2026-08-10': 1_000n };
    expect(found(production(days)).map(({ subject }) => subject)).toEqual(['hill/cassiterite/2026-06']);
  });

  it('is graded by how far it goes over', () => {
    const once = (mass: bigint): string | undefined => found(production({ '2026-06-05': mass }))[0]?.severity;
    expect([4_800n, 4_801n, 7_200n, 7_201n, 14_400n, 14_401n].map(once)).toEqual([
      undefined,
      'medium',
      'medium',
      'high',
      'high',
      'critical',
    ]);
  });

  it('measures each window it is told to', () => {
    const days = { '2026-03-02': 5_000n, '2026-04-10': 5_000n, '2026-05-20': 5_000n };
    const ninety = { ...defaultParameters.siteOverCapacity, windowDays: [90] };
    const parameters = { ...defaultParameters, siteOverCapacity: ninety };
    const facts = { ...noFacts(100, null), production: [production(days)] };
    expect(judge(siteOverCapacity, facts, parameters).findings).toEqual([
      expect.objectContaining({ severity: 'medium', measured: '15000 KGM', threshold: '14400 KGM' }),
    ]);
  });

  it('is quiet at capacity, month after month', () => {
    const days = { '2026-03-10': 4_800n, '2026-04-10': 4_800n, '2026-05-10': 4_800n, '2026-06-10': 4_800n };
    expect(found(production(days))).toEqual([]);
  });

  it('takes the usual figure for a mineral where the site gives none: 60 workers, 4.1 t of coltan', () => {
    const capacities = [{ from: -Infinity, capacity: { workers: 60, kilogramsPerWorkerMonth: {} } }];
    expect(found({ ...production({ '2026-06-05': 4_100n }), capacities, mineral: 'coltan' })).toEqual([
      expect.objectContaining({ severity: 'critical', threshold: '720 KGM' }),
    ]);
  });

  it('measures each day by the workers of that day', () => {
    const days = { '2026-06-05': 2_400n, '2026-07-20': 700n };
    const [before] = production(days).capacities;
    const reduced = {
      ...production(days),
      capacities: [
        ...(before === undefined ? [] : [before]),
        { from: dayOf('2026-06-20'), capacity: { workers: 20, kilogramsPerWorkerMonth: { cassiterite: '40' } } },
      ],
    };
    expect(found(reduced)).toEqual([]);
    expect(found({ ...reduced, days: production({ ...days, '2026-07-20': 900n }).days })).toEqual([
      expect.objectContaining({ subject: 'hill/cassiterite/2026-07', threshold: '800 KGM' }),
    ]);
  });

  it('does not judge a site whose workers are not known', () => {
    expect(found({ ...production({ '2026-06-05': 90_000n }), capacities: [] })).toEqual([]);
  });
});
