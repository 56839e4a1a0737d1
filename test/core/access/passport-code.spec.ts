import { describe, expect, it } from '@jest/globals';
import { readGtin } from '../../../src/core/access/gtin.js';
import { newPassportCode, readPassportCode } from '../../../src/core/access/passport-code.js';

describe('the public code of a passport', () => {
  it('has ten characters that nobody confuses, a different ten each time', () => {
    const codes = Array.from({ length: 500 }, newPassportCode);
    expect(new Set(codes).size).toBe(500);
    for (const code of codes) expect(code).toMatch(/^[2-9BCDFGHJKMNPQRSTVWXYZ]{10}$/);
    // Every character occurs.
    expect(new Set(codes.join('')).size).toBe(28);
  });

  it('is read as people type it', () => {
    expect(readPassportCode('7k3q9-mzxbt')).toBe('7K3Q9MZXBT');
    for (const wrong of ['', '7K3Q9MZXB', '7K3Q9MZXBTT', '7K3Q9MZXB0', '7K3Q9MZXBA', "7K3Q9MZXB'"])
      expect(readPassportCode(wrong)).toBeNull();
  });
});

describe('a GTIN', () => {
  it('is read in each of its lengths, with its check digit', () => {
    expect(readGtin('09506000134352')).toBe('09506000134352');
    expect(readGtin('9506000134352')).toBe('09506000134352');
    expect(readGtin('614141000036')).toBe('00614141000036');
    for (const wrong of ['', '09506000134353', '950600013435', '0950600013435a', '1'.repeat(15)])
      expect(readGtin(wrong)).toBeNull();
  });
});
