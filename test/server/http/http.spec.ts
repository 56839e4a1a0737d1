import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { AditError } from '../../../src/core/errors.js';
import { fastifyAdapter, observeRequests } from '../../../src/server/http/fastify.js';
import { HealthRegistry } from '../../../src/server/http/health.js';
import { sendPagesAsHtml } from '../../../src/server/http/html-type.js';
import { HttpModule } from '../../../src/server/http/http.module.js';
import { Metrics } from '../../../src/server/http/metrics.js';
import { readNdjson } from '../../../src/server/http/ndjson.js';
import { describeApi } from '../../../src/server/http/description/openapi.js';
import { type PageQuery, pageQuery } from '../../../src/server/http/paging.js';
import { ProblemError, problemOf } from '../../../src/server/http/problem.js';

const SECRET = 'SELECT secret FROM canary';
const bodySchema = z.strictObject({ event: z.string(), 'a/b': z.array(z.number()).optional() });
const limits = { maxLines: 10, maxBytes: 4_000_000, maxLineBytes: 1_000 };

@Controller('v1')
class TrialController {
  @Post('events')
  record(@Body({ schema: bodySchema }) body: z.infer<typeof bodySchema>): unknown {
    return body;
  }

  @Post('events/batch')
  @HttpCode(200)
  async batch(@Body() body: unknown): Promise<unknown> {
    if (!(body instanceof Readable)) return { kind: 'json', length: JSON.stringify(body).length };
    const lines = [];
    for await (const line of readNdjson(body, limits)) lines.push(line instanceof AditError ? line.code : line);
    return { kind: 'ndjson', lines };
  }

  @Post('acknowledge')
  acknowledge(): unknown {
    return { done: true };
  }

  @Get('lots')
  list(@Query({ schema: pageQuery }) query: PageQuery): PageQuery {
    return query;
  }

  @Get('lots/:id')
  lot(@Param('id') id: string): unknown {
    return { id };
  }

  @Get('broken')
  broken(): never {
    throw new Error(SECRET);
  }

  @Get('unreadable')
  unreadable(): never {
    throw Object.assign(new Error(SECRET), { code: '22021' });
  }

  @Post('unreadable')
  unwritable(): never {
    throw Object.assign(new Error(SECRET), { code: '22021' });
  }

  @Get('busy')
  busy(): never {
    throw new AditError('overloaded', 'Too much waits.');
  }

  @Get('refused')
  refused(): never {
    throw new ProblemError(
      problemOf(new AditError('head-moved', 'Moved.'), { heads: { lot: 'head' }, refusal: 'x.y.z' }),
    );
  }
}

let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  const trial = await Test.createTestingModule({ imports: [HttpModule], controllers: [TrialController] }).compile();
  app = trial.createNestApplication<NestFastifyApplication>(fastifyAdapter(), { logger: false });
  observeRequests(app, app.get(Metrics));
  sendPagesAsHtml(app.getHttpAdapter().getInstance());
  describeApi(app);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(() => app.close());

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  json<T>(): T;
}

async function request(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${url}${path}`, init);
  const body = await response.text();
  const json = <T>(): T => JSON.parse(body) as T;
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body, json };
}

const post = (path: string, body: string, type = 'application/json') =>
  request(path, { method: 'POST', body, headers: { 'content-type': type } });
const get = (path: string, accept = '*/*') => request(path, { headers: { accept } });

describe('answering with problems', () => {
  it('points at each place of a body that is wrong', async () => {
    const answer = await post('/v1/events', '{"event":1,"a/b":[1,"x"]}');
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ type: '/errors/request-invalid', status: 400, code: 'request-invalid' });
    expect(answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer)).toEqual([
      '/event',
      '/a~1b/1',
    ]);
    expect(answer.json<{ request_id: string }>().request_id).toBe(answer.headers['x-request-id']);
  });

  it('gives the code of each failure before a handler', async () => {
    const answers = await Promise.all([
      post('/v1/events', '{"event":'),
      post('/v1/events', '{"__proto__":{"event":"x"},"event":"x"}'),
      post('/v1/events', ''),
      post('/v1/events', '{}', 'text/xml'),
      post('/v1/events', '{}', 'application/x-ndjson'),
      post('/v1/events', JSON.stringify({ event: 'x'.repeat(1024 * 1024) })),
      get('/v1/nothing'),
      get('/%zz'),
    ]);
    expect(answers.map((answer) => [answer.statusCode, answer.json<{ code: string }>().code])).toEqual([
      [400, 'request-invalid'],
      [400, 'request-invalid'],
      [400, 'request-invalid'],
      [415, 'request-invalid'],
      [415, 'request-invalid'],
      [413, 'request-too-large'],
      [404, 'not-found'],
      [400, 'request-invalid'],
    ]);
  });

  it('reads JSON alone, so that no page of another site can act by a form', async () => {
    const body = '{"event":"x"}';
    const types = [
      'application/x-www-form-urlencoded',
      'text/plain',
      'text/plain;charset=utf-8',
      'multipart/form-data',
    ];
    for (const type of [...types, 'text/plain; application/json', 'application/json-seq'])
      for (const [path, sent] of [
        ['/v1/events', body],
        ['/v1/events/batch', body],
        ['/v1/acknowledge', body],
        ['/v1/acknowledge', ''],
      ] as const) {
        const answer = await post(path, sent, type);
        expect([type, path, answer.statusCode]).toEqual([type, path, 415]);
      }
    expect((await post('/v1/events', body, 'Application/JSON; charset=utf-8')).statusCode).toBe(201);
    expect((await request('/v1/acknowledge', { method: 'POST' })).json()).toEqual({ done: true });
  });

  it('says nothing of what nobody foresaw', async () => {
    const answer = await get('/v1/broken');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal' });
    expect(answer.body).not.toContain('SELECT');
    expect(answer.body).not.toContain('.js');
  });

  it('takes a value that the database cannot read for the fault of a reader, and for ours in what is written', async () => {
    const answers = [await get('/v1/unreadable'), await post('/v1/unreadable', '{}')];
    expect(answers.map((answer) => [answer.statusCode, answer.json<{ code: string }>().code])).toEqual([
      [400, 'request-invalid'],
      [500, 'internal'],
    ]);
    expect(answers.map(({ body }) => body).join()).not.toContain('SELECT');
  });

  it('says when to try again', async () => {
    const answer = await get('/v1/busy');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it('hands on heads and the signed refusal', async () => {
    const answer = await get('/v1/refused');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'head-moved', heads: { lot: 'head' }, refusal: 'x.y.z' });
  });
});

describe('reading batches', () => {
  it('takes JSON beyond the usual limit at this path', async () => {
    const answer = await post('/v1/events/batch', JSON.stringify(['x'.repeat(2 * 1024 * 1024)]));
    expect(answer.json()).toMatchObject({ kind: 'json' });
  });

  it('streams NDJSON, one bad line among good ones', async () => {
    const answer = await post('/v1/events/batch', '{"a":1}\n\nnonsense\n{"a":2}', 'application/x-ndjson');
    expect(answer.json()).toEqual({ kind: 'ndjson', lines: [{ a: 1 }, 'request-invalid', { a: 2 }] });
  });

  it('stops at too many or too long lines', async () => {
    const many = await post('/v1/events/batch', '1\n'.repeat(11), 'application/x-ndjson');
    const long = await post('/v1/events/batch', `"${'x'.repeat(1_000)}"`, 'application/x-ndjson');
    expect([many.statusCode, long.statusCode]).toEqual([413, 413]);
  });
});

describe('paging', () => {
  it('bounds what is asked for', async () => {
    expect((await get('/v1/lots')).json()).toEqual({ limit: 50 });
    expect((await get('/v1/lots?limit=100')).json()).toEqual({ limit: 100 });
    expect((await get('/v1/lots?limit=101')).statusCode).toBe(400);
    expect((await get('/v1/lots?sort=x')).statusCode).toBe(400);
  });
});

describe('telling how it is', () => {
  it('lives whatever else fails, and names what is not ready', async () => {
    const health = app.get(HealthRegistry);
    expect((await get('/startupz')).statusCode).toBe(503);
    health.started();
    expect((await get('/startupz')).statusCode).toBe(200);
    expect((await get('/readyz')).statusCode).toBe(200);
    const remove = [
      health.register('database', () => Promise.reject(new Error(SECRET))),
      health.register('slow', () => new Promise(() => undefined), 20),
      health.register('seal', () => Promise.resolve('halted')),
      health.register('queue', () => Promise.resolve(null)),
    ];
    const answer = await get('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      ready: false,
      checks: { database: 'failed', slow: 'no answer within 20 ms', seal: 'halted', queue: 'ready' },
    });
    expect((await get('/livez')).statusCode).toBe(200);
    remove.forEach((undo) => undo());
  });

  it('measures by route, never by id', async () => {
    await get('/v1/lots/secret-lot');
    const { body } = await get('/metrics');
    expect(body).toContain('route="/v1/lots/:id"');
    expect(body).toContain('nodejs_eventloop_lag');
    expect(body).not.toContain('secret-lot');
  });
});

describe('pages', () => {
  it('describes the API, and loads nothing from another host', async () => {
    const document = (await get('/openapi.json')).json<{ openapi: string; paths: Record<string, unknown> }>();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/v1/events');
    const page = await get('/docs');
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(2);
    expect(sources.filter((source) => /^(\w+:)?\/\//.test(source))).toEqual([]);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).not.toMatch(/<script>\s*\S/);
    const loaded = await Promise.all(sources.map((source) => get(new URL(source, 'http://x/docs').pathname)));
    expect(loaded.map((answer) => answer.statusCode)).toEqual(sources.map(() => 200));
  });

  it('sets strict headers on everything', async () => {
    const answer = await get('/livez');
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });
});
