import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kilograms, milligrams, partsPerMillion, shareOut } from '../../../src/core/custody/quantity.js';
import { CoreLedger, tin } from '../../support/core-ledger.js';

describe('masses', () => {
  it('are whole milligrams, whatever the unit', () => {
    expect(milligrams({ value: '48.6', uom: 'KGM' })).toBe(48_600_000n);
    expect(milligrams({ value: '48.6', uom: 'GRM' })).toBe(48_600n);
    expect(milligrams({ value: '999999999999.999999', uom: 'TNE' })).toBe(999_999_999_999_999_999_000n);
    expect(() => milligrams({ value: '1', uom: 'LBR' })).toThrow(RangeError);
  });

  it('come back as they were written, without needless zeros', () => {
    expect(kilograms(48_500_000n)).toEqual({ value: '48.5', uom: 'KGM' });
    expect(kilograms(1n)).toEqual({ value: '0.000001', uom: 'KGM' });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 21n }), (mass) => expect(milligrams(kilograms(mass))).toBe(mass)),
    );
  });

  it('and percentages are parts per million', () => {
    expect(partsPerMillion('6.0')).toBe(60_000);
    expect(partsPerMillion('0.0001')).toBe(1);
  });
});

describe('sharing out', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1, maxLength: 20 });

  it('gives whole parts that sum exactly, none off by more than one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), weights, (total, list) => {
        const shares = shareOut(
          total,
          list.map((weight, i) => ({ id: String(i).padStart(2, '0'), weight })),
        );
        expect(shares.reduce((sum, { share }) => sum + share, 0n)).toBe(total);
        const sum = list.reduce((all, weight) => all + weight, 0n);
        if (sum === 0n) return;
        for (const [i, { share }] of shares.entries()) {
          const floor = (total * (list[i] as bigint)) / sum;
          expect(share === floor || share === floor + 1n).toBe(true);
        }
      }),
    );
  });

  it('breaks ties by id', () => {
    expect(
      shareOut(1n, [
        { id: 'b', weight: 1n },
        { id: 'a', weight: 1n },
      ]),
    ).toEqual([
      { id: 'a', share: 1n },
      { id: 'b', share: 0n },
    ]);
  });
});

describe('origins', () => {
  const sites = ['hill', 'ridge', 'valley'];

  it('sum exactly to the mass of every lot, through any splits and mixes', () => {
    const step = fc.record({
      kind: fc.constantFrom('split', 'mix', 'declare'),
      pick: fc.nat(1_000),
      grams: fc.integer({ min: 1, max: 99_999 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 25 }), (steps) => {
        const ledger = CoreLedger.opened();
        for (const site of sites.slice(1))
          ledger.must('registrar', 'site.registered', {
            site,
            country: 'RW',
            operator: 'coop',
            minerals: ['cassiterite'],
          });
        const living: string[] = [];
        const grams = (value: number): object => ({ mass: { value: String(value), uom: 'GRM' } });
        const take = (pick: number): string => living.splice(pick % living.length, 1)[0] as string;
        for (const { kind, pick, grams: value } of steps) {
          if (kind === 'declare' || living.length < 2) {
            const known = pick % 2 === 0 ? { moisturePercent: '6.0' } : {};
            const body = { place: { site: sites[pick % 3] }, outputs: [tin('1', { ...grams(value), ...known })] };
            living.push(...ledger.must('coop', 'lot.declared', body).lots);
          } else if (kind === 'mix')
            living.push(
              ...ledger.must('coop', 'lot.aggregated', {
                inputs: [take(pick), take(pick + 1)],
                outputs: [grams(value)],
              }).lots,
            );
          else
            living.push(
              ...ledger.must('coop', 'lot.split', { inputs: [take(pick)], outputs: [grams(value), grams(value + 1)] })
                .lots,
            );
        }
        for (const lot of ledger.view.lots.values()) {
          expect(lot.origins.reduce((sum, { mass }) => sum + mass, 0n)).toBe(lot.mass);
          const inflow = ledger.view.changes.lineage.filter(({ to }) => to === lot.id);
          if (inflow.length > 0) expect(inflow.reduce((sum, { mass }) => sum + mass, 0n)).toBe(lot.mass);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are reckoned by contained metal where grades are known, else by dry, else by wet mass', () => {
    const grade = (value: string): object => ({
      moisturePercent: '6.0',
      grades: [{ analyte: 'Sn', value, uom: 'P1', basis: 'dry' }],
    });
    for (const [first, second, by, share] of [
      [grade('60'), grade('20'), 'containedMetal', 75_000_000n],
      [{ moisturePercent: '10' }, { moisturePercent: '70' }, 'dryMass', 75_000_000n],
      [{}, {}, 'wetMass', 50_000_000n],
    ] as const) {
      const ledger = CoreLedger.opened();
      ledger.must('registrar', 'site.registered', {
        site: 'ridge',
        country: 'RW',
        operator: 'coop',
        minerals: ['cassiterite'],
      });
      const one = ledger.declare('50', first);
      const two = ledger.must('coop', 'lot.declared', { place: { site: 'ridge' }, outputs: [tin('50', second)] })
        .lots[0];
      const mixed = ledger.must('coop', 'lot.aggregated', {
        inputs: [one, two],
        outputs: [{ mass: { value: '100', uom: 'KGM' } }],
      }).lots[0] as string;
      expect(ledger.lot(mixed)).toMatchObject({
        originsBy: by,
        origins: [
          { site: 'hill', mass: share },
          { site: 'ridge', mass: 100_000_000n - share },
        ],
      });
    }
  });
});
