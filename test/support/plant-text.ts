import * as z from 'zod';
import { identifierRefusal } from '../../src/core/event/identifiers.js';
import { eventIdSchema, lotIdSchema, registryId } from '../../src/core/event/primitives.js';
import { quantity } from '../../src/core/event/quantity-claims.js';
import { type EventTypeName, eventTypes } from '../../src/core/event/types/index.js';

/**
 * Fills every field of an event that takes text from a person with a text that must stay text. Generated from the
 * schemas of the event types: a new field is covered without anybody's doing.
 */

/** What a text tries: to be markup, a script, an address, a formula of a spreadsheet, or to turn its line round. */
export const attempts = ['markup', 'script', 'address', 'formula', 'bidi'] as const;
export type Attempt = (typeof attempts)[number];

const FORMULAS = ['=HYPERLINK("javascript:canary()")', '+canary()', '-canary()', '@SUM(canary())'];

/** Returns the text of an attempt; the number says where it was planted. It has less than 64 characters. */
function textOf(tried: Attempt | 'each', number: number): string {
  const mark = `.${number}.`;
  const attempt = tried === 'each' ? attempts[number % attempts.length] : tried;
  if (attempt === 'markup') return `"'><img src=x onerror=canary()>${mark}`;
  if (attempt === 'script') return `</script><script>canary()</script>${mark}`;
  if (attempt === 'address') return `javascript:canary${mark}x`;
  if (attempt === 'bidi') return `\u202ecanary\u2066\u2028${mark}`;
  return `${FORMULAS[number % FORMULAS.length]}${mark}`;
}

/** Ids of what is registered and recorded, for the fields that name one. */
export interface Known {
  actor: string;
  site: string;
  facility: string;
  lot: string;
  event: string;
}

/** A text that was planted, and where: `custody.dispatched/documents/0/issuer`. */
export interface Planted {
  field: string;
  text: string;
}

type Members = Record<string, unknown>;

/** Claims that software writes, and lists of what an event is about, which change what it does. */
const FIXED = new Set(
  ['log', 'type', 'iss', 'iat', 'jti', 'seen', 'exp', 'seq', '_sd', '_sd_alg', 'occurredAt'].concat(
    ['lots', 'inputs', 'events', 'missing', 'exp', 'is', 'was', 'duplicateOf', 'outcome', 'holder'],
    ['status', 'card', 'compromisedSince', 'polygon', 'only'],
  ),
);
/** Texts for fields that take no free text, the first that fits. */
const VALUES = ['2026-05-12', '2027-05-12T06:00:00Z', '1', 'RW', 'USD', 'RWKGL', '2609', 'Sn', 'ABCD1234567'].concat([
  'text/plain',
  'V1StGXR8_Z5jdHi6B-myTg',
  'A'.repeat(43),
]);

const inside = (schema: unknown): z.ZodType =>
  schema instanceof z.ZodOptional ? inside(schema.unwrap()) : (schema as z.ZodType);

/** Plants the texts of one attempt, each with a number of its own. */
export class Planter {
  readonly planted: Planted[] = [];
  /** Claims that take a text of two lines, which no claim should: a line break adds a head to a mail. */
  readonly takingLines: string[] = [];

  /**
   * @param attempt `each`: the attempts by turns, one in each field.
   * @param choice which form a field takes that has several.
   */
  constructor(
    private readonly attempt: Attempt | 'each',
    private readonly choice: number,
    private readonly common: Members,
    private readonly numbers: { next: number },
  ) {}

  /** Returns the event with all that it may say besides its base. */
  plant(type: EventTypeName, base: Members, known: Known): Members {
    const found = eventTypes.get(type);
    if (found === undefined) throw new Error(`There is no type ${type}.`);
    const isEvent = (claims: Members): boolean => {
      const read = found.schema.safeParse({ ...this.common, type, ...claims });
      return read.success && found.check(read.data).length === 0;
    };
    const { shape } = inside(found.schema) as z.ZodObject;
    const body: Members = { ...base };
    // What the base says is filled first: without it nothing is an event.
    const isOfBase = ([name]: [string, unknown]): boolean => name in base;
    const members = Object.entries(shape);
    for (const [name, schema] of [...members.filter(isOfBase), ...members.filter((each) => !isOfBase(each))]) {
      const value = this.valueOf(inside(schema), name, base[name], known);
      const more = { ...body, [name]: value };
      if (value === undefined || (!(name in base) && !isEvent(more))) continue;
      body[name] = value;
      if (value !== base[name]) this.note(value, [type, name]);
    }
    if (!isEvent(body)) throw new Error(`What is planted in ${type} makes no event: ${JSON.stringify(body)}`);
    return body;
  }

  /** Returns a value of a schema with all optional members, those of the base as they are. */
  private valueOf(schema: z.ZodType, name: string, base: unknown, known: Known): unknown {
    if (base === undefined && FIXED.has(name)) return undefined;
    if (schema === quantity) return base ?? { value: '48', uom: 'KGM' };
    if (schema instanceof z.ZodUnion) {
      if (base !== undefined) return base;
      const options = schema.options as z.ZodType[];
      return this.valueOf(inside(options[this.choice % options.length]), name, base, known);
    }
    if (schema instanceof z.ZodArray || (schema instanceof z.ZodTuple && base !== undefined)) {
      const element = inside(schema instanceof z.ZodTuple ? schema.def.items[0] : schema.element);
      if (Array.isArray(base)) return base.map((each) => this.valueOf(element, name, each, known));
      const value = this.valueOf(element, name, undefined, known);
      return value === undefined ? undefined : [value];
    }
    if (schema instanceof z.ZodObject) return this.membersOf(schema, base, known);
    if (base !== undefined) return base;
    if (schema instanceof z.ZodString) return this.stringOf(schema, name, known);
    return [1, true, '1', ...(schema instanceof z.ZodEnum ? schema.options : [])].find((value) => fits(schema, value));
  }

  private membersOf(schema: z.ZodObject, base: unknown, known: Known): Members {
    const given = (base ?? {}) as Members;
    const members = Object.entries(schema.shape).map(([name, inner]) => [
      name,
      this.valueOf(inside(inner), name, given[name], known),
    ]);
    return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Members;
  }

  private stringOf(schema: z.ZodString, name: string, known: Known): string | undefined {
    if (schema === lotIdSchema) return known.lot;
    if (schema === eventIdSchema) return known.event;
    if (schema === registryId && name !== 'person')
      return /^sites?$/.test(name) ? known.site : name.startsWith('facilit') ? known.facility : known.actor;
    if (fits(schema, 'a\r\nBcc: x@example.org')) this.takingLines.push(name);
    const number = (this.numbers.next += 1);
    const own = [textOf(this.attempt, number), textOf('address', number)];
    return [...own, ...VALUES].find((text) => fits(schema, text) && identifierRefusal({ [name]: text }) === null);
  }

  private note(value: unknown, path: string[]): void {
    if (typeof value === 'string' && value.includes('canary'))
      this.planted.push({ field: path.join('/'), text: value });
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) this.note(inner, [...path, name]);
  }
}

const fits = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
