import { describe, expect, it } from '@jest/globals';
import { countOf, differenceText, durationText, likelyCause, massText, quantityText } from '../../src/core/words.js';

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
});
