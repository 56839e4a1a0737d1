import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { eventTypes } from '../../src/core/event/types/index.js';
import { HonestWorld } from '../support/honest-world.js';
import { type Body, get, post } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

interface Operation {
  security?: Record<string, string[]>[];
  responses: Record<string, { description?: string; content?: Record<string, { schema: object; example?: unknown }> }>;
}

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

describe('the description of the API', () => {
  let service: TestServer;
  let world: HonestWorld;
  let document: Document;

  beforeAll(async () => {
    service = await startTestServer();
    world = await HonestWorld.open(service.url);
    document = (await get(service.url, '/openapi.json')).body as unknown as Document;
  });

  afterAll(async () => {
    await service.close();
  });

  const operation = (method: string, path: string): Operation => {
    const found = document.paths[path]?.[method];
    if (found === undefined) throw new Error(`${method} ${path} is not described`);
    return found;
  };

  /** What the description says of an answer, as a schema to check it by. */
  function described(method: string, path: string, status: string, type = 'application/json'): z.ZodType {
    const schema = operation(method, path).responses[status]?.content?.[type]?.schema;
    if (schema === undefined) throw new Error(`${method} ${path} says nothing of ${status}`);
    const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
    return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')) as JsonSchema);
  }

  const fits = (schema: z.ZodType, body: unknown): unknown => schema.safeParse(body).error?.issues ?? 'fits';

  it('is true of what is answered about events', async () => {
    const [declared, sent, received] = world.chain();
    const events = '/v1/events';
    const waits = await post(service.url, sent?.event ?? '');
    expect(fits(described('post', events, '202'), waits.body)).toBe('fits');
    for (const status of [201, 200]) {
      const recorded = await post(service.url, declared?.event ?? '');
      expect(recorded.status).toBe(status);
      expect(fits(described('post', events, String(status)), recorded.body)).toBe('fits');
    }
    const absent = world.declare();
    const early = world.dispatch('coop', 'trader', absent.lots[0] ?? '', absent.id);
    const results = await fetch(`${service.url}/v1/events/batch?receipts=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([declared?.event, received?.event, 'a.b.c~', early.event].map((event) => ({ event }))),
    });
    const told = (await results.json()) as { results: Body[] };
    expect(told.results.map(({ status }) => status)).toEqual(['duplicate', 'accepted', 'refused', 'waiting']);
    expect(fits(described('post', '/v1/events/batch', '200'), told)).toBe('fits');
    const stored = await get(service.url, `${events}/${declared?.id}`);
    expect(fits(described('get', `${events}/{id}`, '200'), stored.body)).toBe('fits');
    for (const path of ['/v1/ledger', '/v1/ledger/keys'])
      expect(fits(described('get', path, '200'), (await get(service.url, path)).body)).toBe('fits');
  });

  it('is true of what is answered about lots and findings', async () => {
    const lot = await recordedLot();
    for (const path of [
      '/',
      '/v1/lots',
      '/v1/lots/{id}',
      '/v1/lots/{id}/events',
      '/v1/lots/{id}/lineage',
      '/v1/lots/{id}/report',
      '/v1/findings',
      '/v1/actors',
      '/v1/sites',
      '/v1/stock',
      '/v1/waiting',
      '/v1/lots/{id}/bundle',
      '/v1/lots/{id}/impact',
      '/v1/sites/{id}/volumes',
      '/v1/alerts',
      '/v1/silences',
      '/v1/subscriptions',
      '/v1/deliveries',
      '/log/witnesses',
      '/rules',
      '/rules/{rule}',
      '/errors',
      '/errors/{code}',
      '/readyz',
      '/livez',
      '/startupz',
    ]) {
      const id = path.startsWith('/v1/sites') ? 'hill' : lot;
      const address = path.replace('{id}', id).replace('{rule}', 'mass-gained').replace('{code}', 'not-found');
      const { status, body } = await get(service.url, address);
      expect([path, status, fits(described('get', path, '200'), body)]).toEqual([path, 200, 'fits']);
    }
    const judged = await get(service.url, '/v1/lots?risk=none');
    expect(fits(described('get', '/v1/lots', '200'), judged.body)).toBe('fits');
  });

  it('is true of problems, and speaks of them at every path', async () => {
    const problem = described('post', '/v1/events', '4XX', 'application/problem+json');
    const answers = [
      await post(service.url, 'nothing'),
      await get(service.url, '/v1/lots?limit=0'),
      await get(service.url, '/v1/nothing'),
    ];
    for (const { body } of answers) expect(fits(problem, body)).toBe('fits');
    expect(fits(problem, { ...answers[0]?.body, code: 'no-such-code' })).not.toBe('fits');
    const silent = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { responses }]) => responses['4XX'] === undefined || responses['503'] === undefined)
        .map(() => path),
    );
    expect(silent).toEqual([]);
  });

  it('says what every path answers, with an example that is true to its schema', () => {
    const answers = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({ method, path, responses })),
    );
    expect(answers.length).toBeGreaterThan(45);
    const wrong = answers.flatMap(({ method, path, responses }) => {
      const good = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
      const faults = good.flatMap(([status, { content = {} }]) =>
        ['204', '302'].includes(status)
          ? []
          : Object.keys(content).length === 0
            ? ['no content']
            : Object.entries(content).map(([type, { schema, example }]) => {
                if ('format' in schema && schema.format === 'binary') return 'fits';
                return fits(described(method, path, status, type), example);
              }),
      );
      return [...(good.length === 0 ? ['no answer'] : []), ...faults]
        .filter((fault) => fault !== 'fits')
        .map((fault) => [`${method} ${path}`, fault]);
    });
    expect(wrong).toEqual([]);
  });

  it('describes what each path needs, as the table of routes has it', () => {
    const { securitySchemes } = document.components as unknown as { securitySchemes: Record<string, object> };
    expect(Object.keys(securitySchemes)).toEqual(['actor', 'bearer', 'session']);
    const needs = Object.fromEntries(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { security }]) => [
          `${method.toUpperCase()} ${path}`,
          security?.length === 0 ? 'nothing' : security?.[0]?.actor?.[0],
        ]),
      ),
    );
    expect(needs).toMatchObject({
      'POST /v1/events': 'nothing',
      'GET /v1/ledger': 'nothing',
      'GET /log/tile/{path}': 'nothing',
      'GET /v1/lots': 'read',
      'GET /v1/lots/{id}': 'read',
      'PATCH /v1/subscriptions/{id}': 'alerts',
      'POST /v1/keys/{id}/rotate': 'share',
      'GET /metrics': 'metrics',
    });
    // A path that is in no table is refused to everyone.
    expect(Object.entries(needs).filter(([, need]) => need === undefined)).toEqual([]);
  });

  it('describes the payload of every type of event, with an example that the core takes', () => {
    const { schemas } = document.components;
    const wrong = [...eventTypes].flatMap(([type, eventType]) => {
      const { examples = [] } = (schemas[`EventPayload.${type}`] ?? {}) as { examples?: unknown[] };
      const [example] = examples;
      const taken = eventType.schema.safeParse(example);
      return taken.success && eventType.check(taken.data).length === 0 ? [] : [[type, taken.error?.issues ?? 'check']];
    });
    expect(wrong).toEqual([]);
    const text = JSON.stringify(document);
    expect(text).toContain('"contentSchema":{"$ref":"#/components/schemas/EventPayload"}');
    const missing = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].filter(
      ([, name = '']) => !(name in schemas),
    );
    expect(missing.map(([ref]) => ref)).toEqual([]);
  });

  async function recordedLot(): Promise<string> {
    const chain = world.chain();
    const response = await fetch(`${service.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chain.map(({ event }) => ({ event }))),
    });
    expect(response.status).toBe(200);
    return chain[3]?.lots[0] ?? '';
  }
});
