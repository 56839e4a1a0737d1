const FORM = /^([0-9]{8}|[0-9]{12,14})$/;
const DIGITS = 14;

/**
 * Reads a GTIN of 8, 12, 13 or 14 digits as one of 14; null if its check digit is wrong (GS1 General Specifications, 7.9) or it
 * is none.
 */
export function readGtin(text: string): string | null {
  if (!FORM.test(text)) return null;
  const gtin = text.padStart(DIGITS, '0');
  const sum = gtin.split('').reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0 ? gtin : null;
}
