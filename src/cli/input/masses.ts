import { InvalidArgumentError } from 'commander';
import { AditError } from '../../core/errors.js';
import { readMass } from '../../core/event/mass-text.js';
import { readGrade } from '../../core/event/grade-text.js';
import { percentage } from '../../core/event/primitives.js';
import type { Grade, Quantity } from '../../core/event/quantity-claims.js';

/** Reads an argument; what it refuses is a fault of the argument. */
function readArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AditError) throw new InvalidArgumentError(error.detail);
    throw error;
  }
}

/** Parses a mass such as "48.6 kg". */
export const massArgument = (text: string): Quantity => readArgument(() => readMass(text));

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

/** Parses a grade: `Sn 62 %`, `Au 3.1 ppm wet`; by dry mass by default. */
export function gradeArgument(text: string, before: readonly Grade[] = []): Grade[] {
  return [...before, readArgument(() => readGrade(text))];
}
