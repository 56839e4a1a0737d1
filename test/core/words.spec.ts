import { describe, expect, it } from '@jest/globals';
import { massDetail } from '../../src/core/rules/mass/mass-balance.js';
import {
  countOf,
  differenceText,
  durationText,
  figuresOf,
  likelyCause,
  massText,
  quantityText,
} from '../../src/core/words.js';

const KILOGRAM = 1_000_000n;

describe('figures as people read them', () => {
  it('writes plurals, and times by their greatest unit', () => {
    expect([countOf(1, 'lot'), countOf(0, 'lot'), countOf(2, 'entry', 'entries')]).toEqual([
      '1 lot',
      '0 lots',
      '2 entries',
    ]);
    const minutes = [12, 90, 47 * 60, 48 * 60, 4_779_288];
    expect(minutes.map((one) => durationText(one * 60_000))).toEqual(['12 min', '2 h', '47 h', '2 days', '9 years']);
  });

  it('writes gold in grams, all else in kilograms, whatever unit it came in', () => {
    expect(quantityText({ value: '0.0312', uom: 'KGM' }, 'gold')).toBe('31.2 g');
    expect(quantityText({ value: '4.61', uom: 'TNE' }, 'cassiterite')).toBe('4610 kg');
    expect(quantityText({ value: '48600', uom: 'GRM' })).toBe('48.6 kg');
    expect(quantityText({ value: '1', uom: 'LBR' })).toBe('?');
    expect(massText(1n, 'gold')).toBe('0.001 g');
  });

  it('says by how much two masses differ', () => {
    expect(differenceText(50n * KILOGRAM, 49n * KILOGRAM)).toBe('1 kg less (2.0 %)');
    expect(differenceText(50n * KILOGRAM, 50_100_000n)).toBe('0.1 kg more (0.20 %)');
    expect(differenceText(50n * KILOGRAM, 50n * KILOGRAM)).toBeNull();
    expect(differenceText(0n, KILOGRAM)).toBe('1 kg more');
  });

  it('names the likely cause, and none where nothing ordinary explains it', () => {
    const cause = (before: number, after: number): string | null =>
      likelyCause(BigInt(before) * KILOGRAM, BigInt(after) * KILOGRAM);
    expect(cause(50, 50_000)).toContain('1,000');
    expect(cause(50_000, 49)).toContain('1,000');
    expect(cause(48, 480)).toContain('decimal point');
    expect(cause(4_800, 49)).toContain('decimal point');
    expect(cause(50, 46)).toContain('moisture');
    expect(cause(50, 53)).toContain('moisture');
    expect([cause(50, 20), cause(50, 80), cause(50, 50), cause(0, 50)]).toEqual([null, null, null, null]);
  });

  it('writes measured figures with units as people know them', () => {
    expect(figuresOf('50.1 KGM; 3 TNE, 12 GRM of KGMX')).toBe('50.1 kg; 3 t, 12 g of KGMX');
  });

  it('says in a finding of two masses what differs, by how much, and why most likely', () => {
    const gain = { in: 50n * KILOGRAM, out: 50_000n * KILOGRAM, band: 'beyond' as const };
    const limit = { before: 'at most', threshold: '50.25 KGM', after: 'can be' };
    expect(massDetail(gain, { what: 'received', mineral: 'cassiterite', kind: 'handedOver' }, limit)).toBe(
      '50000 kg received, where at most 50.25 kg can be: 49950 kg more (99900.0 %). Most likely a factor of 1,000: kilograms and grams, or tonnes and kilograms, were mixed up.',
    );
    const gold = { in: 31_200n, out: 33_000n, band: 'beyond' as const };
    expect(
      massDetail(
        gold,
        { what: 'received', mineral: 'gold', kind: 'handedOver' },
        { ...limit, threshold: '0.0313 KGM' },
      ),
    ).toBe('33 g received, where at most 31.3 g can be: 1.8 g more (5.8 %).');
    const dry = { in: 50n * KILOGRAM, out: 52n * KILOGRAM, band: 'beyond' as const };
    expect(massDetail(dry, { what: 'made', mineral: null, kind: 'processed' }, limit)).not.toContain('moisture');
  });
});
