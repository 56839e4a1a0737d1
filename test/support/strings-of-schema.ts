/** A JSON Schema as far as its strings are concerned. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  maxLength?: number;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema | JsonSchema[];
  prefixItems?: JsonSchema[];
}

export interface StringField {
  /** Names of members from the root; `0` for the elements of a list. */
  path: string[];
  schema: JsonSchema;
}

/** Lists every place in a value of this schema that takes a string. */
export function stringsOf(
  schema: JsonSchema,
  resolve: (ref: string) => JsonSchema,
  path: string[] = [],
): StringField[] {
  if (path.length > 12) return [];
  if (schema.$ref !== undefined) return stringsOf(resolve(schema.$ref), resolve, path);
  const within = (part: JsonSchema, ...names: string[]): StringField[] => stringsOf(part, resolve, [...path, ...names]);
  const lists = [schema.items ?? [], schema.prefixItems ?? []].flat();
  const found = [
    ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((parts) => (parts ?? []).flatMap((part) => within(part))),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => within(part, name)),
    ...lists.flatMap((part) => within(part, '0')),
    ...(typeof schema.additionalProperties === 'object' ? within(schema.additionalProperties, 'x') : []),
  ];
  return [schema.type].flat().includes('string') ? [...found, { path, schema }] : found;
}

/** Whether a pattern has an end: no part of it repeats without limit. */
const isFinite = (pattern: string): boolean =>
  pattern.startsWith('^') &&
  pattern.endsWith('$') &&
  !/[*+]|\{[0-9]+,\}/.test(pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, ''));

const LENGTHS: Record<string, number> = { uuid: 36, date: 10 };

/** Whether a string of this schema can only be so long. */
export const isBounded = ({ maxLength, const: only, enum: some, format, pattern }: JsonSchema): boolean =>
  maxLength !== undefined ||
  only !== undefined ||
  some !== undefined ||
  LENGTHS[format ?? ''] !== undefined ||
  (pattern !== undefined && isFinite(pattern));
