import { InvalidArgumentError } from 'commander';
import { AditError } from '../../core/errors.js';
import { readMass } from '../../core/event/mass-text.js';
import type { Quantity } from '../../core/event/quantity-claims.js';
import { percentage } from '../../core/event/primitives.js';
import { grade } from '../../core/event/quantity-claims.js';

/** Parses a mass such as "48.6 kg". */
export function massArgument(text: string): Quantity {
  try {
    return readMass(text);
  } catch (error) {
    if (error instanceof AditError) throw new InvalidArgumentError(error.detail);
    throw error;
  }
}

/** A mass with the tag or lot that it belongs to: `RW-A000001=48.6 kg`. */
export interface NamedMass {
  name: string | undefined;
  mass: Quantity;
}

/** Parses `48.6 kg` or `NAME=48.6 kg`. */
function namedMass(text: string): NamedMass {
  const at = text.lastIndexOf('=');
  return { name: at === -1 ? undefined : text.slice(0, at).trim(), mass: massArgument(text.slice(at + 1)) };
}

/** Parses the masses of an option that may be repeated. */
export const namedMasses = (text: string, before: readonly NamedMass[] = []): NamedMass[] => [
  ...before,
  namedMass(text),
];

/** Parses a percentage: `6`, `6.5`, `6.5 %`. */
export function percentArgument(text: string): string {
  const value = text.trim().replace(/ ?%$/, '');
  if (percentage.safeParse(value).success) return value;
  throw new InvalidArgumentError(
    value.includes(',')
      ? `Write ${value.replace(',', '.')}, with a point for decimals.`
      : 'Write a number from 0 to 100, such as 6.5.',
  );
}

type Grade = ReturnType<typeof grade.parse>;

const GRADE_UNITS: Readonly<Record<string, 'P1' | 'NX' | '59'>> = { '%': 'P1', '‰': 'NX', ppm: '59', 'g/t': '59' };
const GRADE = /^([A-Za-z0-9]{1,16})[ =]([0-9.,]+) ?(%|‰|ppm|g\/t)(?: (dry|wet))?$/;

/** Parses a grade: `Sn 62 %`, `Au 3.1 ppm wet`; by dry mass by default. */
export function gradeArgument(text: string, before: readonly Grade[] = []): Grade[] {
  const [, analyte, value, unit = '', basis = 'dry'] = GRADE.exec(text.trim()) ?? [];
  const parsed = grade.safeParse({ analyte, value, uom: GRADE_UNITS[unit], basis });
  if (parsed.success) return [...before, parsed.data];
  throw new InvalidArgumentError('Write analyte, number and unit, such as "Sn 62.5 %" or "Au 3.1 ppm wet".');
}
