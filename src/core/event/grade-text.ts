import { AditError } from '../errors.js';
import { type Grade, grade } from './quantity-claims.js';

const UNITS: Readonly<Record<string, 'P1' | 'NX' | '59'>> = { '%': 'P1', '‰': 'NX', ppm: '59', 'g/t': '59' };
const GRADE = /^([A-Za-z0-9]{1,16})[ =]([0-9.,]+) ?(%|‰|ppm|g\/t)(?: (dry|wet))?$/;

/** Reads a grade as people write it: `Sn 62 %`, `Au 3.1 ppm wet`; by dry mass by default. Throws `quantity-invalid`. */
export function readGrade(text: string): Grade {
  const [, analyte, value, unit = '', basis = 'dry'] = GRADE.exec(text.trim()) ?? [];
  const parsed = grade.safeParse({ analyte, value, uom: UNITS[unit], basis });
  if (parsed.success) return parsed.data;
  throw new AditError('quantity-invalid', 'Write analyte, number and unit, such as "Sn 62.5 %" or "Au 3.1 ppm wet".');
}
