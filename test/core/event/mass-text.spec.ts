import { describe, expect, it } from '@jest/globals';
import { AditError } from '../../../src/core/errors.js';
import { readMass } from '../../../src/core/event/mass-text.js';

const refusalOf = (text: string): string => {
  try {
    readMass(text);
  } catch (error) {
    if (error instanceof AditError) return `${error.code} ${error.detail}`;
  }
  throw new Error(`${text} is taken`);
};

describe('reading a mass as a person writes it', () => {
  it.each([
    ['48.6 kg', '48.6', 'KGM'],
    ['48.6kg', '48.6', 'KGM'],
    [' 930 g ', '930', 'GRM'],
    ['1.2 t', '1.2', 'TNE'],
    ['3 tonnes', '3', 'TNE'],
    ['12 KGM', '12', 'KGM'],
    ['0.000001 kg', '0.000001', 'KGM'],
  ])('takes %s', (text, value, uom) => {
    expect(readMass(text)).toEqual({ value, uom });
  });

  it.each([
    ['48,6 kg', 'write 48.6 kg'],
    ['48,6', 'write 48.6, with a point'],
    ['1,250.5 kg', 'write 1250.5 kg'],
    ['1.250,5 kg', 'write 1250.5 kg'],
    ['1 250 kg', 'write 1250 kg'],
    ['1.250.000 g', 'write 1250000 g'],
    ['48.6', 'write the unit: "48.6 kg"'],
    ['48.6 lb', 'a pound is 0.45359237 kg'],
    ['3 ozt', 'a troy ounce is 31.1034768 g'],
    ['48.6 kgs.', 'write a number and a unit'],
    ['48.6 stone', 'stone is no unit here'],
    ['-48.6 kg', 'has no sign'],
    ['0 kg', 'must be above zero'],
    ['0.0001 g', 'must be whole milligrams'],
    ['007 kg', 'must be a decimal string'],
    ['1e3 kg', 'write a number and a unit'],
    ['', 'write a number and a unit'],
  ])('refuses %s and says what to write', (text, advice) => {
    expect(refusalOf(text)).toContain('quantity-invalid');
    expect(refusalOf(text)).toContain(advice);
  });

  it('does not repeat a text of any length', () => {
    expect(refusalOf(`${'9'.repeat(100_000)} kg`).length).toBeLessThan(200);
  });
});
