/** The parts of JSON Schema that describe the answers of the API. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  /** Of one schema here: a `$ref` with a description of its own. */
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  example?: unknown;
  examples?: unknown[];
}

/** Resolves a `$ref`. */
export type Resolve = (ref: string) => JsonSchema;

const UUID = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c01';
const EVENT = 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs';
const TIME = '2026-05-12T06:10:02.000Z';
const SITE = 'hill';
const LOG_KEY = 'example.org/tin+530eaa4c+AdZ/6P4fo3nU+0f4w1FnPZhpvAdQCzT4bF4U6fCzJyAV';
const HASH = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

/** Example texts by the names of members; a list contains one of them. */
const texts: Readonly<Record<string, string>> = {
  actor: 'coop',
  address: 'desk@example.org',
  analyte: 'Sn',
  assignee: 'Grace',
  by: 'Grace',
  capacity: '1500',
  countries: 'RW',
  country: 'RW',
  custody: 'complete',
  database: 'ready',
  detail: 'Received 52.1 kg of 48.6 kg dispatched.',
  event: `eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiY3VzdG9keS1ldmVudCtzZC1qd3QifQ.eyJ0eXBlIjoibG90LmRlY2xhcmVkIn0.${'A'.repeat(86)}~`,
  events: EVENT,
  finding: UUID,
  form: 'concentrate',
  from: '2026-01-01',
  head: EVENT,
  holder: 'coop',
  holders: 'coop',
  id: EVENT,
  iss: 'coop',
  key: HASH,
  digest: HASH,
  root: HASH,
  kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  log: 'example.org/tin',
  logKey: LOG_KEY,
  lot: UUID,
  lots: UUID,
  measured: '+7.2 %',
  minerals: 'cassiterite',
  mineral: 'cassiterite',
  missing: EVENT,
  month: '2026-05',
  nodes: HASH,
  hashes: HASH,
  number: 'RW-A000001',
  operator: 'coop',
  origin: 'example.org/tin',
  reason: 'the scale was recalibrated',
  roles: 'miner',
  rule: 'mass-gained',
  rules: 'mass-gained',
  groups: 'mass',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  series: 'RW-A',
  share: '0.4870',
  site: SITE,
  sites: SITE,
  tag: 'RW-A000001',
  tags: 'RW-A000001',
  threshold: 'at most +2 %',
  timeZone: 'Africa/Kigali',
  title: 'Mass gained on the way',
  type: 'lot.declared',
  uom: 'KGM',
  url: 'https://example.org/hook',
  value: '48.6',
  vkey: LOG_KEY,
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  y: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

/** Whether a member's name means that its value is a time. */
const isTime = (name: string): boolean => /(At|Until|Since|Time)$|^(at|until|since)$/.test(name);

const isId = (format: string | undefined): boolean => format === 'uuid';

function textOf({ format, pattern }: JsonSchema, name: string): string {
  if (isId(format)) return UUID;
  if (format === 'date-time' || isTime(name)) return TIME;
  const usual = Object.hasOwn(texts, name) ? (texts[name] ?? name) : name;
  if (pattern === undefined) return usual;
  const known = [
    usual,
    UUID,
    '8212f78d-47c2-89b7-9c21-82d5bf4a232c',
    EVENT,
    HASH,
    '22:00',
    'RW',
    'N',
    '1',
    '48.6',
    SITE,
  ];
  return known.find((text) => new RegExp(pattern, 'u').test(text)) ?? usual;
}

/**
 * Composes an example of a schema: the first of several choices, lists with one element, texts by the names of members.
 * It includes optional members.
 */
export function exampleOfSchema(schema: JsonSchema, resolve: Resolve, name = 'value'): unknown {
  const shown = schema.example ?? schema.examples?.[0];
  if (shown !== undefined) return shown;
  if (schema.$ref !== undefined) return exampleOfSchema(resolve(schema.$ref), resolve, name);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum.includes(texts[name]) ? texts[name] : schema.enum[0];
  const choice = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.find(({ type }) => type !== 'null');
  if (choice !== undefined) return exampleOfSchema(choice, resolve, name);
  const [type] = [schema.type].flat();
  if (type === 'string') return textOf(schema, name);
  if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  if (type === 'array') return arrayOf(schema, resolve, name);
  return objectOf(schema, resolve);
}

function arrayOf({ items, prefixItems }: JsonSchema, resolve: Resolve, name: string): unknown[] {
  if (prefixItems !== undefined) return prefixItems.map((item) => exampleOfSchema(item, resolve, name));
  return items === undefined ? [] : [exampleOfSchema(items, resolve, name)];
}

function objectOf({ properties = {}, additionalProperties }: JsonSchema, resolve: Resolve): Record<string, unknown> {
  const members = Object.entries(properties).map(([name, inner]) => [name, exampleOfSchema(inner, resolve, name)]);
  const others = typeof additionalProperties === 'object' ? additionalProperties : null;
  if (others !== null && members.length === 0) members.push(['database', exampleOfSchema(others, resolve, 'database')]);
  return Object.fromEntries(members) as Record<string, unknown>;
}
