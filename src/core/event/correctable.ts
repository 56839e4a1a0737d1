import { type Field, fieldsOf } from './fields.js';
import { eventTypes } from './types/index.js';

/** A claim of an event that its signer may correct. */
export interface CorrectableClaim {
  /** JSON pointer to it. */
  pointer: string;
  field: Field;
  /** Its present value; undefined: it is not there. */
  value: unknown;
}

interface Place {
  pointer: string;
  value: unknown;
  fields: readonly Field[];
  field: Field | null;
}

/** Follows one step of a pattern, in which `*` is every element of a list. */
function follow({ pointer, value, fields, field }: Place, step: string): Place[] {
  if (step === '*') {
    const list = Array.isArray(value) ? (value as unknown[]) : [];
    return list.map((element, i) => ({
      pointer: `${pointer}/${i}`,
      value: element,
      fields: field?.fields ?? [],
      field,
    }));
  }
  const inner = fields.find(({ claim }) => claim === step);
  if (inner === undefined) return [];
  const held = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return [{ pointer: `${pointer}/${step}`, value: held, fields: inner.fields ?? [], field: inner }];
}

/**
 * Lists the claims of an event that its signer may correct and that a form can ask for: also those that are not there, but
 * for claims that may be signed hidden.
 */
export function correctableClaims(type: string, payload: Record<string, unknown>): CorrectableClaim[] {
  const { correctable = [], disclosable = [] } = eventTypes.get(type) ?? {};
  const start: Place = { pointer: '', value: payload, fields: fieldsOf(type), field: null };
  return correctable.flatMap((pattern) =>
    pattern
      .split('/')
      .slice(1)
      .reduce((places, step) => places.flatMap((place) => follow(place, step)), [start])
      .flatMap(({ pointer, field, value }) =>
        field === null ||
        field.kind === 'group' ||
        field.kind === 'list' ||
        (value === undefined && disclosable.includes(pattern))
          ? []
          : [{ pointer, field, value }],
      ),
  );
}
