import { describe, expect, it } from '@jest/globals';
import { chanceText, lastDigits, logAtLeast } from '../../../src/core/rules/engine/series/chance.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { figuresRepeated } from '../../../src/core/rules/mass/figures-repeated.js';
import { assayed, readings } from '../../support/cases-series.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, grade, world } from '../../support/told-world.js';

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(figuresRepeated, log.facts(from), defaultParameters).findings;
const nothing = world().facts();
const same = (count: number, tin = '57.3', moisture?: string) =>
  Array.from({ length: count }, () => ({ tin, ...(moisture === undefined ? {} : { moisture }) }));

describe('figures that one actor repeats', () => {
  it('are found by how often they are equal, with the chance of it', () => {
    expect(found(assayed(same(11)))).toEqual([]);
    expect(found(assayed(same(12)))[0]).toMatchObject({ severity: 'low', measured: '12 of 12 × 57.3 % Sn' });
    const [finding] = found(assayed(same(30)));
    expect(finding).toMatchObject({ severity: 'medium', subject: 'series:stated:coop/cassiterite/Sn' });
    expect(finding?.lots).toHaveLength(30);
    expect(finding?.detail).toMatch(/less than 1 in 10\^3\d/);
  });

  it('are found among others, and in several kinds of figures', () => {
    expect(found(assayed([...readings(20), ...same(20), ...readings(20)]))).toHaveLength(1);
    const kinds = found(assayed(same(30, '57.3', '6.2'))).map(({ subject, severity }) => [subject, severity]);
    expect(kinds).toEqual([
      ['series:stated:coop/cassiterite/Sn', 'medium'],
      ['series:stated:coop/cassiterite/moisture', 'low'],
    ]);
  });

  it('are not found where the figure is too coarse to differ, or pure', () => {
    expect(found(assayed(same(40, '57')))).toEqual([]);
    expect(found(assayed(same(40, '57.0')))).toHaveLength(1);
    expect(found(assayed(same(40, '3')))).toEqual([]);
    expect(found(assayed(same(40, '99.9')))).toEqual([]);
  });

  it('are less severe of an element beside the one that is paid for', () => {
    const log = world();
    for (let n = 0; n < 30; n += 1)
      declares(log, [{ lot: lot(`bag${n}`), kg: `${40 + n / 10}`, grades: [grade('Nb2O5', '22.3')] }]);
    expect(found(log)).toMatchObject([{ severity: 'low', measured: '30 of 30 × 22.3 % Nb2O5' }]);
  });

  it('are counted once in an entry, in which bags of one heap have one assay', () => {
    const log = world();
    for (const day of [12, 13])
      declares(
        log,
        Array.from({ length: 20 }, (_, i) => ({
          lot: lot(`bag${day}-${i}`),
          kg: `${50 + i / 10}`,
          grades: [grade('Sn', '57.3')],
        })),
        { occurredAt: `2026-05-${day}T08:00:00Z` },
      );
    expect(found(log)).toEqual([]);
  });

  it('are the same finding however many entries are judged together', () => {
    const log = assayed(same(24));
    for (const last of [1, 5]) expect(found(log, log.entries.length - last)).toEqual(found(log));
  });
});

describe('last digits', () => {
  const ending = (digits: readonly number[]): { tin: string }[] =>
    Array.from({ length: 150 }, (_, i) => ({ tin: `${46 + ((i * 31) % 13)}.${digits[i % digits.length]}` }));

  it('are found where some are never written', () => {
    expect(found(assayed(ending([3, 7, 8, 3, 7]))).map(({ cause, severity }) => [cause, severity])).toEqual([
      ['last-digits', 'low'],
    ]);
  });

  it('are not found where all are, or where the instrument has coarse divisions', () => {
    expect(found(assayed(ending([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])))).toEqual([]);
    expect(found(assayed(ending([0, 2, 4, 6, 8])))).toEqual([]);
  });
});

describe('chances', () => {
  it('of many equal figures are those of the binomial distribution', () => {
    expect(Math.exp(logAtLeast(1, 2, 0.5))).toBeCloseTo(0.75, 12);
    expect(Math.exp(logAtLeast(3, 5, 0.1))).toBeCloseTo(0.00856, 5);
    expect(logAtLeast(30, 30, 0.05)).toBeCloseTo(30 * Math.log(0.05), 9);
    expect([logAtLeast(0, 5, 0.1), logAtLeast(6, 5, 0.1)]).toEqual([0, -Infinity]);
  });

  it('of last digits are large where the digits differ', () => {
    expect(lastDigits(Array.from({ length: 100 }, (_, i) => BigInt(i)))).toBe(0);
    expect(lastDigits(Array.from({ length: 100 }, () => 7n))).toBe(900);
  });

  it('are texts', () => {
    expect([chanceText(Math.log(1 / 250)), chanceText(-50)]).toEqual(['1 in 250', 'less than 1 in 10^21']);
  });
});

describe('honest figures', () => {
  it.each([
    ['with its last place', 1_000n],
    ['with one place more than it shows', 100n],
  ])('are not found in a thousand series of two hundred, written %s', (_name, whole) => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    let alarms = 0;
    for (let n = 0; n < 1_000; n += 1) {
      const items = Array.from({ length: 200 }, (_, index) => ({
        index,
        at: index,
        amount: BigInt(Math.round((52 + normal() * 0.9) * 10)) * 1_000n,
        whole,
      }));
      const series = new Map([['series:stated:coop/cassiterite/Sn', items]]);
      alarms += judge(figuresRepeated, { ...nothing, series }, defaultParameters).findings.length;
    }
    expect(alarms).toBe(0);
  });
});
