import { AditError } from '../../core/errors.js';
import type { Field } from '../../core/event/fields.js';
import { readGrade } from '../../core/event/grade-text.js';
import { isIdentifier } from '../../core/event/identifiers.js';
import { readMass, withoutSeparators } from '../../core/event/mass-text.js';
import { dateMs, instantMs, percentage, registryId } from '../../core/event/primitives.js';
import type { Quantity } from '../../core/event/quantity-claims.js';

/** What is wrong with a typed text; `desk.fault.<code>` explains how to correct it. */
type FaultCode =
  | 'empty'
  | 'separator'
  | 'mass'
  | 'percent'
  | 'grades'
  | 'identifier'
  | 'repeated'
  | 'id'
  | 'instant'
  | 'date'
  | 'choice'
  | 'tooLong';

export interface Fault {
  code: FaultCode;
  /** What was most likely meant. */
  meant?: string;
}

export type Read<T> = { value: T } | { fault: Fault };

const fault = (code: FaultCode, meant?: string): { fault: Fault } => ({
  fault: meant === undefined ? { code } : { code, meant },
});

/** The unit of masses on a page: grams for gold, else kilograms; tonnes only where an event has them. */
export type MassUnit = 'kg' | 'g' | 't';
export const unitFor = (mineral: string): MassUnit => (mineral === 'gold' ? 'g' : 'kg');

const NUMBER_AND_UNIT = /^([0-9][0-9.,' \u00a0\u202f]*?)[ \u00a0\u202f]*([A-Za-z]*)$/;
const SEPARATOR = /[,' \u00a0\u202f]/;

/** Reads a mass; without a unit it is in the one given, and a fault where none is. A comma is never interpreted. */
export function readMassIn(text: string, unit: MassUnit | null): Read<Quantity> {
  const [, number, named = ''] = NUMBER_AND_UNIT.exec(text.trim()) ?? [];
  if (number === undefined) return fault('mass');
  if (SEPARATOR.test(number))
    return fault('separator', `${withoutSeparators(number)}${named === '' ? '' : ` ${named}`}`);
  if (named === '' && unit === null) return fault('mass');
  try {
    return { value: readMass(`${number} ${named === '' ? unit : named}`) };
  } catch (error) {
    if (error instanceof AditError) return fault('mass');
    throw error;
  }
}

function readPercent(text: string): Read<string> {
  const value = text.trim().replace(/ ?%$/, '');
  if (percentage.safeParse(value).success) return { value };
  return SEPARATOR.test(value) ? fault('separator', withoutSeparators(value)) : fault('percent');
}

const parts = (text: string): string[] =>
  text
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function readGrades(text: string): Read<unknown> {
  try {
    return { value: parts(text).map(readGrade) };
  } catch (error) {
    if (error instanceof AditError) return fault('grades');
    throw error;
  }
}

/** Reads numbers of tags or seals: separated by commas, semicolons or lines. */
export function readNumbers(text: string): Read<string[]> {
  const value = parts(text.replaceAll(',', ';'));
  if (!value.every(isIdentifier)) return fault('identifier');
  return new Set(value).size === value.length ? { value } : fault('repeated');
}

const withOffset = (text: string, offset: string): string =>
  /T\d{2}:\d{2}$/.test(text) ? `${text}:00${offset}` : text;

const MAX_TEXT = 1_000;

/** How a page reads what is typed on it. */
export interface Typing {
  unit: MassUnit | null;
  /** Offset from UTC of the clock by which people type times: "+02:00". */
  offset: string;
}

/** Reads what was typed into a field; the text is not empty. */
export function readTyped({ kind, options = [] }: Field, text: string, { unit, offset }: Typing): Read<unknown> {
  const trimmed = text.trim();
  switch (kind) {
    case 'mass':
      return readMassIn(trimmed, unit);
    case 'percent':
      return readPercent(trimmed);
    case 'grades':
      return readGrades(trimmed);
    case 'numbers':
      return readNumbers(trimmed);
    case 'id':
      return registryId.safeParse(trimmed).success ? { value: trimmed } : fault('id');
    case 'instant': {
      const value = withOffset(trimmed, offset);
      return instantMs(value) === null ? fault('instant') : { value };
    }
    case 'date':
      return dateMs(trimmed) === null ? fault('date') : { value: trimmed };
    case 'choice':
      return options.includes(trimmed) ? { value: trimmed } : fault('choice');
    default:
      return trimmed.length > MAX_TEXT ? fault('tooLong') : { value: trimmed };
  }
}
