import * as z from 'zod';
import type { EventType } from '../../core/event/types/event-type.js';

/** The parts of JSON Schema in the schemas of events. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  prefixItems?: Schema[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
}

/** Claims that signing adds; a template omits them. */
const FILLED = new Set(['log', 'type', 'iss', 'iat', 'jti', 'occurredAt', 'seen', 'prev', '_sd', '_sd_alg']);
/** Optional claims that a template shows, because events without them contain too little. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'lot.declared': ['tags'],
  'lot.measured': ['mass'],
  'lot.sealed': ['sealsOn'],
  'actor.related': ['other', 'relation'],
  'custody.received': ['outcome', 'mass'],
  'incident.reported': ['lots'],
  'ledger.updated': ['admissionVersion'],
  'site.updated': ['operator'],
  'event.corrected': ['was', 'is'],
};

const DAY = 10;
const EVENT_ID = 'A'.repeat(43);
const mass = { value: '48.6', uom: 'KGM' };

/** Returns a valid example of a claim, by its name. */
const byName = (name: string, today: string): unknown =>
  ({
    site: 'hill',
    sites: ['hill'],
    facility: 'depot',
    actor: 'coop',
    signer: 'coop',
    operator: 'coop',
    from: 'coop',
    to: 'trader',
    owner: 'coop',
    other: 'trader',
    relation: 'family',
    exporter: 'trader',
    importer: 'smelter',
    payer: 'trader',
    country: 'RW',
    originCountries: ['RW'],
    minerals: ['cassiterite'],
    mineral: 'cassiterite',
    form: 'concentrate',
    lot: 'RW-A000001',
    tags: ['RW-A000001'],
    sealsOn: ['S-77120'],
    mass,
    grades: [{ analyte: 'Sn', value: '62.5', uom: 'P1', basis: 'dry' }],
    reason: 'why, in a sentence',
    ground: 'on what ground',
    date: today,
    issuedOn: today,
    expiresOn: today,
    event: EVENT_ID,
    events: [EVENT_ID],
    dispute: EVENT_ID,
    incident: EVENT_ID,
    grant: EVENT_ID,
    until: `${Number(today.slice(0, 4)) + 1}${today.slice(4)}T00:00:00Z`,
    jws: EVENT_ID,
    kid: EVENT_ID,
    digests: [EVENT_ID],
    finding: '00000000-0000-8000-8000-000000000000',
    code: 'not-holder',
    field: '/outputs/0/mass',
    was: mass,
    is: { value: '46.8', uom: 'KGM' },
    key: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    serviceKey: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    logKey: 'example.org/tin+530eaa4c+AdZ/6P4fo3nU+0f4w1FnPZhpvAdQCzT4bF4U6fCzJyAV',
    possession: `eyJhbGciOiJFZDI1NTE5In0.e30.${'A'.repeat(86)}`,
    series: 'RW-A',
  })[name];

const isInteger = ({ type }: Schema): boolean => type === 'integer' || type === 'number';

function exampleOf(schema: Schema, name: string, type: string, today: string): unknown {
  // `from` and `to` of a series of tags are integers.
  const known = isInteger(schema) ? undefined : byName(name, today);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum.includes(known) ? known : schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice !== undefined && known === undefined) return exampleOf(choice, name, type, today);
  // Lots that are only named are strings; lots with further claims are objects.
  if (name === 'lots' && schema.items?.type === 'string') return ['RW-A000001'];
  if (known !== undefined) return known;
  if (schema.properties !== undefined) return objectOf(schema, name, type, today);
  if (schema.prefixItems !== undefined)
    return schema.prefixItems.map((item) => exampleOf(item, `${name} item`, type, today));
  if (schema.items !== undefined) return [exampleOf(schema.items, name === 'outputs' ? 'output' : name, type, today)];
  if (isInteger(schema)) return Math.max(1, schema.minimum ?? 1);
  return name;
}

function objectOf(schema: Schema, name: string, type: string, today: string): Record<string, unknown> {
  const shown = [...(schema.required ?? []), ...(SHOWN[type] ?? [])];
  const isOutput = name === 'output' || name === 'outputs item';
  return Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([claim]) => shown.includes(claim) && !FILLED.has(claim) && !(isOutput && claim === 'lot'))
      .map(([claim, inner]) => [claim, exampleOf(inner, claim, type, today)]),
  );
}

/** An example of an event's body, and its further optional claims. */
export interface Template {
  body: Record<string, unknown>;
  optional: string[];
}

/**
 * Makes an example of a type's body from its schema.
 * @param now ms since 1970.
 */
export function templateOf({ type, schema }: EventType, now: number): Template {
  const today = new Date(now).toISOString().slice(0, DAY);
  const shape = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Schema;
  const body = objectOf(shape, '', type, today);
  const optional = Object.keys(shape.properties ?? {}).filter((claim) => !FILLED.has(claim) && !(claim in body));
  return { body, optional };
}
