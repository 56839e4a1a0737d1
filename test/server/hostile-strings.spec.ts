import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HonestWorld } from '../support/honest-world.js';
import type { LongTurn } from '../support/loop-probe.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { type JsonSchema, isBounded, stringsOf } from '../support/strings-of-schema.js';

interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  schema: JsonSchema;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}
interface Route {
  method: string;
  path: string;
  operation: Operation;
}
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const UUID = '00000000-0000-4000-8000-000000000000';
const UNTIL = new Date(Date.now() + 3_600_000).toISOString();
const options = {
  label: 'x',
  filters: { rules: ['mass-gained'] },
  quietHours: { from: '22:00', to: '06:00', timeZone: 'Africa/Kigali' },
  language: 'en',
  contact: 'a@example.org',
};
/** A body that each path takes, so that one bad string in it is all that is wrong. */
const bodies: Record<string, Json> = {
  'post /v1/events': { event: 'x' },
  'post /v1/events/batch': [{ event: 'x' }],
  'post /v1/events/check': { event: 'x' },
  'post /v1/events/check/batch': [{ event: 'x' }],
  'post /v1/findings/{id}/responses': { acknowledged: true, assignee: 'Grace' },
  'post /v1/alerts/{id}/acknowledge': { by: 'Grace', note: 'x' },
  'post /v1/alerts/{id}/resolve': { by: 'Grace', note: 'x' },
  'post /v1/alerts/{id}/assign': { assignee: 'Grace', by: 'Grace', note: 'x', evidence: ['x'] },
  'put /v1/contacts/{actor}': {
    representative: 'x',
    phone: '+250 788 123 456',
    email: 'a@example.org',
    taxNumber: 'x',
    shownTo: ['coop'],
  },
  'post /v1/people': { subject: 'x', label: 'x', scopes: ['read'] },
  'post /v1/keys': { label: 'x', scopes: ['read'] },
  'post /v1/keys/{id}/rotate': { overlapHours: 1 },
  'post /v1/lots/{id}/shares': { expiresAt: UNTIL, label: 'x' },
  'post /v1/lots/{id}/passport': { evidence: true, gtin: '09506000134352', serial: 'x' },
  'post /v1/shared': { secret: 'x' },
  'post /v1/session': {},
  'post /v1/token': { grant_type: 'client_credentials' },
  'post /v1/silences': { filters: { rules: ['mass-gained'] }, until: UNTIL, reason: 'x', by: 'Grace' },
  'post /v1/subscriptions': { channel: 'webhook', url: 'http://127.0.0.1/hook', ...options },
  'patch /v1/subscriptions/{id}': { url: 'http://127.0.0.1/hook', ...options },
  'post /v1/subscriptions/{id}/redeliver': { since: '2026-05-12T06:00:00Z' },
};

/** What no field of text takes: too long, or what the database cannot hold. */
const hostile: Record<string, string> = {
  '100 kB': 'a'.repeat(100_000),
  '60,000 digits': '1'.repeat(60_000),
  'a time of 60,000 digits': `2026-05-12T06:00:00.${'1'.repeat(60_000)}Z`,
  NUL: 'a\u0000b',
  'a lone surrogate': 'a\ud800b',
};
/** What no time is. */
const times: Record<string, string> = {
  'year 0000': '0000-01-01T00:00:00Z',
  'an offset of a day': '2026-05-12T06:00:00+23:59',
  'an offset beyond 14:00': '2026-05-12T06:00:00-14:01',
};
/** Node refuses longer request lines before anybody reads them, characters. */
const LONGEST_IN_ADDRESS = 8_000;
const TOKEN = 'post /v1/token';
/** A turn of the service's event loop at most, ms of processor time. */
const LONGEST_TURN = 100;

/** A value as it stands in an address; a lone surrogate in the bytes that a careless program makes of it. */
const inAddress = (value: string): string =>
  value.slice(0, LONGEST_IN_ADDRESS).split('\ud800').map(encodeURIComponent).join('%ED%A0%80');

/** A mail subscription has an address in place of a URL. */
const bodyFor = (at: string, [member]: readonly string[]): Json | undefined =>
  at === 'post /v1/subscriptions' && member === 'address' ? { channel: 'mail', ...options } : bodies[at];

function replaced(value: Json | undefined, [name, ...rest]: readonly string[], by: Json): Json {
  if (name === undefined) return by;
  if (name === '0') return [replaced(Array.isArray(value) ? value[0] : undefined, rest, by)];
  const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...members, [name]: replaced(members[name], rest, by) };
}

describe('a hostile string', () => {
  let service: ServiceProcess;
  let ground: ServiceContext;
  let folder: string;
  let turns: string;
  let routes: Route[];
  let resolve: (ref: string) => JsonSchema;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-loop-'));
    turns = join(folder, 'turns');
    ground = await newGround();
    service = await ServiceProcess.start(ground, {
      ADIT_WEBHOOK_PRIVATE_TARGETS: 'on',
      ADIT_TEST_LOOP_FILE: turns,
      NODE_OPTIONS: `--import=${new URL('../support/loop-probe.js', import.meta.url).href}`,
    });
    // To start takes long turns: the probe would have missed them if it measured nothing.
    expect(readFileSync(turns, 'utf8')).toContain('"used"');
    await HonestWorld.open(service.url);
    const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, JsonSchema> };
    };
    resolve = (ref) => document.components.schemas[ref.replace('#/components/schemas/', '')] ?? {};
    routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
  });
  afterAll(async () => {
    await service.kill();
    await ground.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The turns of the service's event loop since the file was emptied that took longer than one may. */
  const longTurns = (): LongTurn[] =>
    readFileSync(turns, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LongTurn)
      .filter(({ used }) => used > LONGEST_TURN);

  const bodySchema = ({ operation }: Route): JsonSchema | undefined =>
    operation.requestBody?.content['application/json']?.schema;
  const parameters = ({ operation }: Route): Parameter[] => operation.parameters ?? [];
  const filled = (path: string, name = '', value = ''): string =>
    path.replace(/\{([^}]+)\}/g, (_, each: string) => (each === name ? inAddress(value) : UUID));

  async function sent(route: Route, address: string, body: Json | undefined): Promise<[number, string]> {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      const answer = await fetch(service.url + address, {
        method: route.method.toUpperCase(),
        ...(body === undefined ? {} : json),
        signal: AbortSignal.timeout(10_000),
      });
      return [answer.status, answer.ok ? '' : await answer.text()];
    } catch (error) {
      return [0, String(error)];
    }
  }

  it('has no field without a limit to run through', () => {
    const fields = routes.flatMap((route) => {
      const body = bodySchema(route);
      return [
        ...parameters(route)
          .filter(({ in: place }) => place !== 'header')
          .flatMap(({ name, schema }) => stringsOf(schema, resolve, [name])),
        ...(body === undefined ? [] : stringsOf(body, resolve)),
      ].map((field) => ({ ...field, route: `${route.method} ${route.path}` }));
    });
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter(({ schema }) => !isBounded(schema))).toEqual([]);
    const taking = routes
      .filter((route) => bodySchema(route) !== undefined)
      .map(({ method, path }) => `${method} ${path}`);
    expect(taking.toSorted()).toEqual(Object.keys(bodies).toSorted());
  });

  it('is refused in every field of every body, with a pointer to it, while the service goes on', async () => {
    writeFileSync(turns, '');
    const wrong: unknown[] = [];
    for (const route of routes) {
      const schema = bodySchema(route);
      if (schema === undefined) continue;
      const at = `${route.method} ${route.path}`;
      for (const field of stringsOf(schema, resolve)) {
        const values = field.schema.format === 'date-time' ? { ...hostile, ...times } : hostile;
        for (const [kind, value] of Object.entries(values)) {
          const body = replaced(bodyFor(at, field.path), field.path, value);
          const [status, text] = await sent(route, filled(route.path), body);
          const pointed = text.includes(`"pointer":"/${field.path[0] ?? ''}`);
          // An event is judged by its own grammar; the path is that of one object, and lists of events answer each.
          // Errors of OAuth have no pointers.
          const right = at.startsWith('post /v1/events')
            ? status === 422 || status === 200
            : (status === 400 && (pointed || at === TOKEN)) || (status === 401 && at === TOKEN);
          if (!right) wrong.push({ at, field: field.path.join('/'), kind, status, text: text.slice(0, 200) });
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(longTurns()).toEqual([]);
  });

  it('is refused in every parameter of every path and query, while the service goes on', async () => {
    writeFileSync(turns, '');
    const wrong: unknown[] = [];
    for (const route of routes)
      for (const { name, in: place, schema } of parameters(route)) {
        if (place === 'header' || stringsOf(schema, resolve).length === 0) continue;
        for (const [kind, value] of Object.entries(
          schema.format === 'date-time' ? { ...hostile, ...times } : hostile,
        )) {
          const address =
            place === 'path' ? filled(route.path, name, value) : `${filled(route.path)}?${name}=${inAddress(value)}`;
          const [status, text] = await sent(route, address, bodies[`${route.method} ${route.path}`]);
          // Bytes that are no UTF-8 are looked up as they were written, and not found.
          if (status === 200 && place === 'query' && kind === 'a lone surrogate') continue;
          if (status < 400 || status >= 500 || !text.includes('"code"'))
            wrong.push({ at: `${route.method} ${address.slice(0, 80)}`, kind, status, text: text.slice(0, 200) });
        }
      }
    expect(wrong).toEqual([]);
    expect(longTurns()).toEqual([]);
  });
});
