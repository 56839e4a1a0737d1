import type { Field } from '../../core/event/fields.js';
import { type Fault, type Typing, readTyped } from './typed.js';

/** What people typed, by the path of the claim: `to`, `scale.id`, `outputs.1.mass`. */
export type Texts = Readonly<Record<string, string>>;

/** A lot as the page shows it, which an event extends or consumes. */
export interface ExtendedLot {
  id: string;
  head: string;
}

/** How many rows each list of the form has; lots that exist have one row each. */
export type Counts = Readonly<Record<string, number>>;

export interface Composed {
  claims: Record<string, unknown>;
  /** By the path of the claim. */
  faults: Record<string, Fault>;
}

/** Lists whose elements are lots that exist. */
export const EXTENDING: ReadonlySet<string> = new Set(['lots', 'inputs']);

interface Form {
  texts: Texts;
  counts: Counts;
  lots: readonly ExtendedLot[];
  /** Whether lots for which nothing is typed are left out. */
  skipsEmpty: boolean;
  typing: Typing;
}

/** Reads a form into the claims of an event. What is empty is left out; what is required and empty is a fault. */
export function compose(fields: readonly Field[], form: Form, prefix = ''): Composed {
  const claims: Record<string, unknown> = {};
  const faults: Record<string, Fault> = {};
  for (const field of fields) {
    const path = `${prefix}${field.claim}`;
    const read = readField(field, form, path);
    Object.assign(faults, read.faults);
    if (read.value !== undefined) claims[field.claim] = read.value;
  }
  return { claims, faults };
}

function readField(field: Field, form: Form, path: string): { value?: unknown; faults: Record<string, Fault> } {
  if (field.kind === 'list') return readList(field, form, path);
  if (field.kind === 'group') {
    if (!field.required && isEmpty(form.texts, `${path}.`)) return { faults: {} };
    const { claims, faults } = compose(field.fields ?? [], form, `${path}.`);
    return { ...(Object.keys(claims).length === 0 ? {} : { value: claims }), faults };
  }
  const text = form.texts[path]?.trim() ?? '';
  if (text === '') return { faults: field.required ? { [path]: { code: 'empty' } } : {} };
  const read = readTyped(field, text, form.typing);
  return 'fault' in read ? { faults: { [path]: read.fault } } : { value: read.value, faults: {} };
}

function readList(field: Field, form: Form, path: string): { value?: unknown; faults: Record<string, Fault> } {
  const existing = EXTENDING.has(path) ? form.lots : null;
  const count = existing?.length ?? form.counts[path] ?? 0;
  const faults: Record<string, Fault> = {};
  const value: unknown[] = [];
  for (let i = 0; i < count; i += 1) {
    const lot = existing?.[i];
    if ((lot === undefined || form.skipsEmpty) && isEmpty(form.texts, `${path}.${i}.`)) continue;
    const read = compose(field.fields ?? [], form, `${path}.${i}.`);
    Object.assign(faults, read.faults);
    value.push(lot === undefined ? read.claims : { lot: lot.id, prev: lot.head, ...read.claims });
  }
  if (value.length > 0) return { value, faults };
  const first = field.fields?.[0]?.claim ?? 'mass';
  // The fault is shown at the first row.
  return field.required ? { faults: { ...faults, [`${path}.0.${first}`]: { code: 'empty' } } } : { faults };
}

const isEmpty = (texts: Texts, prefix: string): boolean =>
  Object.entries(texts).every(([path, text]) => !path.startsWith(prefix) || text.trim() === '');
