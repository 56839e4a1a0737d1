import { AditError } from '../errors.js';
import { type Quantity, quantity } from './quantity-claims.js';

/** UN/CEFACT codes by the common names of a unit; compared in lower case. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['kg', 'KGM'],
  ['kgm', 'KGM'],
  ['kilo', 'KGM'],
  ['kilos', 'KGM'],
  ['kilogram', 'KGM'],
  ['kilograms', 'KGM'],
  ['g', 'GRM'],
  ['grm', 'GRM'],
  ['gram', 'GRM'],
  ['grams', 'GRM'],
  ['t', 'TNE'],
  ['tne', 'TNE'],
  ['tonne', 'TNE'],
  ['tonnes', 'TNE'],
]);

/** Units that are not a whole number of milligrams, with the unit to write instead. */
const OTHER_UNITS: ReadonlyMap<string, string> = new Map([
  ['oz', 'write grams: a troy ounce is 31.1034768 g'],
  ['ozt', 'write grams: a troy ounce is 31.1034768 g'],
  ['lb', 'write kilograms: a pound is 0.45359237 kg'],
  ['lbs', 'write kilograms: a pound is 0.45359237 kg'],
]);

const MASS = /^([+-]?[0-9][0-9.,' \u00a0\u202f]*?)[ \u00a0\u202f]*([A-Za-z]*)$/;
const MAX_TEXT = 64;

const refuse = (text: string, detail: string): AditError =>
  new AditError('quantity-invalid', `"${text.slice(0, MAX_TEXT)}" is not a mass: ${detail}.`);

/** Suggests the number that the author may have meant, with a decimal point and no thousands separators. */
export function withoutSeparators(number: string): string {
  const plain = number.replaceAll(/[' \u00a0\u202f]/g, '');
  const [point, comma] = [plain.lastIndexOf('.'), plain.lastIndexOf(',')];
  const decimal = Math.max(point, comma);
  const several = plain.split(plain[decimal] ?? '.').length > 2;
  if (decimal === -1) return plain;
  if (several) return plain.replaceAll(/[.,]/g, '');
  return `${plain.slice(0, decimal).replaceAll(/[.,]/g, '')}.${plain.slice(decimal + 1)}`;
}

/**
 * Reads a mass as people write it: `48.6 kg`, `930g`, `1.2 t`. The decimal sign is a point. A comma is never
 * interpreted, because `48,600` is two masses in two countries. Throws `quantity-invalid` with what to write instead.
 *
 * @example readMass('48.6 kg') // { value: '48.6', uom: 'KGM' }
 */
export function readMass(text: string): Quantity {
  const trimmed = text.trim();
  const match = trimmed.length > MAX_TEXT ? null : MASS.exec(trimmed);
  if (match === null) throw refuse(text, 'write a number and a unit, such as "48.6 kg"');
  const [, number = '', unit = ''] = match;
  const uom = UNITS.get(unit.toLowerCase());
  if (/[,' \u00a0\u202f]/.test(number) || number.split('.').length > 2)
    throw refuse(text, `write ${withoutSeparators(number)}${unit === '' ? '' : ` ${unit}`}, with a point for decimals`);
  if (/^[+-]/.test(number)) throw refuse(text, 'a mass is above zero and has no sign');
  if (unit === '') throw refuse(text, `write the unit: "${number} kg", "${number} g" or "${number} t"`);
  if (uom === undefined)
    throw refuse(text, OTHER_UNITS.get(unit.toLowerCase()) ?? `${unit} is no unit here; write kg, g or t`);
  const parsed = quantity.safeParse({ value: number, uom });
  if (!parsed.success) throw refuse(text, parsed.error.issues.map(({ message }) => `it ${message}`).join('; '));
  return parsed.data;
}
