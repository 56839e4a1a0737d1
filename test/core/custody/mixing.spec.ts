import { describe, expect, it } from '@jest/globals';
import { CoreLedger, kilograms } from '../../support/core-ledger.js';

const gold = (value: string, more: object = {}): object => ({
  mineral: 'gold',
  form: 'ore',
  mass: kilograms('50'),
  grades: [{ analyte: 'Au', value, uom: '59', basis: 'wet' }],
  ...more,
});

/** What a mix of 50 kg from `hill` and 50 kg from `ridge` says of its origins. */
function mixOf(hill: object, ridge: object): { by: string; kilograms: Record<string, number> } {
  const ledger = CoreLedger.opened();
  const site = { site: 'ridge', country: 'RW', operator: 'coop', minerals: ['gold'] };
  ledger.must('registrar', 'site.registered', site);
  const inputs = [
    ['hill', hill],
    ['ridge', ridge],
  ].flatMap(([at, output]) => ledger.must('coop', 'lot.declared', { place: { site: at }, outputs: [output] }).lots);
  const { lots } = ledger.must('coop', 'lot.aggregated', { inputs, outputs: [{ mass: kilograms('100') }] });
  const { origins, originsBy } = ledger.lot(lots[0] as string);
  return {
    by: originsBy,
    kilograms: Object.fromEntries(origins.map(({ site: id, mass }) => [id, Number(mass) / 1e6])),
  };
}

describe('mixing lots whose content is hardly measurable', () => {
  it('goes by contained metal where every grade is at least one part per million', () => {
    expect(mixOf(gold('3'), gold('1'))).toEqual({ by: 'containedMetal', kilograms: { hill: 75, ridge: 25 } });
  });

  it('lets no site vanish because its grade is below one part per million', () => {
    const half = { hill: 50, ridge: 50 };
    expect(mixOf(gold('0.8'), gold('0.8'))).toEqual({ by: 'wetMass', kilograms: half });
    expect(mixOf(gold('0.9'), gold('1.9'))).toEqual({ by: 'wetMass', kilograms: half });
    expect(mixOf(gold('0'), gold('5'))).toEqual({ by: 'wetMass', kilograms: half });
  });

  it('lets no site vanish because its lot is said to be water', () => {
    const wet = (moisturePercent: string): object => ({ ...gold('5', { moisturePercent }), grades: undefined });
    expect(mixOf(wet('100'), wet('10'))).toEqual({ by: 'wetMass', kilograms: { hill: 50, ridge: 50 } });
  });
});
