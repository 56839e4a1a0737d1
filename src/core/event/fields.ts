import * as z from 'zod';
import { seals, tags } from './lot-claims.js';
import { date, hs, instant, percentage, registryId, word } from './primitives.js';
import { grades, quantity } from './quantity-claims.js';
import { eventTypes } from './types/index.js';

/** How a claim is typed: each kind has one way to be read. */
type FieldKind =
  'mass' | 'percent' | 'grades' | 'numbers' | 'id' | 'instant' | 'date' | 'choice' | 'text' | 'group' | 'list';

/** A claim of an event as a form asks for it; derived from the schema of its type. */
export interface Field {
  claim: string;
  kind: FieldKind;
  required: boolean;
  /** The values of a choice. */
  options?: string[];
  /** Whether a list has exactly one element. */
  one?: boolean;
  /** The claims of a group, or of each element of a list. */
  fields?: Field[];
}

/** Claims that signing adds, and those that no form asks for. */
const FILLED = new Set(['log', 'type', 'iss', 'iat', 'jti', 'seen', 'exp', '_sd', '_sd_alg', 'device', 'seq']);
const NOT_TYPED = new Set(['attachments', 'lat', 'lon', 'accuracyM', 'source', 'lot', 'prev']);

/** The schemas that have one meaning in every claim. */
const kinds: ReadonlyMap<z.ZodType, FieldKind> = new Map<z.ZodType, FieldKind>([
  [quantity, 'mass'],
  [percentage, 'percent'],
  [grades, 'grades'],
  [tags, 'numbers'],
  [seals, 'numbers'],
  [registryId, 'id'],
  [instant, 'instant'],
  [date, 'date'],
  [word, 'text'],
  [hs, 'text'],
]);

const shapeOf = (schema: z.ZodObject): Record<string, z.ZodType> => schema.shape;

/** Returns the schema of the elements of a list or of a tuple of one. */
function elementOf(schema: z.ZodType): z.ZodType | null {
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return schema instanceof z.ZodTuple ? ((schema.def.items[0] as z.ZodType | undefined) ?? null) : null;
}

function fieldOf(claim: string, given: z.ZodType): Field | null {
  const required = !(given instanceof z.ZodOptional);
  const schema = given instanceof z.ZodOptional ? (given.unwrap() as z.ZodType) : given;
  const kind = kinds.get(schema);
  if (kind !== undefined) return { claim, kind, required };
  if (schema instanceof z.ZodEnum) return { claim, kind: 'choice', required, options: schema.options.map(String) };
  if (schema instanceof z.ZodObject) return { claim, kind: 'group', required, fields: fieldsIn(schema) };
  // A route or a document is a text or a structure; a form takes the text.
  if (schema instanceof z.ZodUnion) return fieldOf(claim, required ? first(schema) : first(schema).optional());
  if (schema instanceof z.ZodString) return { claim, kind: 'text', required };
  const element = elementOf(schema);
  if (element instanceof z.ZodObject) {
    const one = schema instanceof z.ZodTuple ? { one: true } : {};
    return { claim, kind: 'list', required, ...one, fields: fieldsIn(element) };
  }
  return element === null ? null : { claim, kind: 'numbers', required };
}

const first = (schema: z.ZodUnion): z.ZodType => schema.options[0] as z.ZodType;

const fieldsIn = (schema: z.ZodObject): Field[] =>
  Object.entries(shapeOf(schema))
    .filter(([claim]) => !FILLED.has(claim) && !NOT_TYPED.has(claim))
    .flatMap(([claim, inner]) => fieldOf(claim, inner) ?? []);

/** Lists what a form asks for to record an event of a type; none for a type that no form can make. */
export function fieldsOf(type: string): Field[] {
  const schema = eventTypes.get(type)?.schema;
  return schema instanceof z.ZodObject ? fieldsIn(schema) : [];
}
