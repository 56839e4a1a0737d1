import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as z from 'zod';
import { AditError } from '../../../core/errors.js';
import { problemShape } from '../../../core/api/problem.js';
import { type Schemas, eventSchemas } from './describe-events.js';
import { type JsonSchema, exampleOfSchema } from './example-of-schema.js';
import { withSecurity } from './describe-security.js';
import { problemOf } from '../problem.js';

const DESCRIPTION =
  'An open custody ledger for minerals. Events are signed by those who act, and appended to a transparent log. ' +
  'Errors are problem+json (RFC 9457); each code has its page under /errors.';

/** The files of Swagger UI that the page loads, from the copy in @nestjs/swagger. */
const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Adit: HTTP API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="api"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
`;

/** Without `validatorUrl: null` the page would send the document to a validator on another host. */
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });\n`;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const operationsOf = ({ paths }: OpenAPIObject): Operation[] =>
  Object.values(paths).flatMap((path) => METHODS.flatMap((method) => path[method] ?? []));

const problemExample = {
  ...problemOf(
    new AditError('request-invalid', '/limit: must be at most 100', [
      { pointer: '/limit', code: 'request-invalid', detail: 'must be at most 100' },
    ]),
  ),
  request_id: '3f0c2a9e-5b7d-4c41-9a10-6e2f4d8b7c01',
};

const laterExample = problemOf(new AditError('overloaded', 'The backlog is full; send the same again in 1 s.'));

/** Adds the error responses to every path. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const { $schema: _, ...problem } = z.toJSONSchema(problemShape);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...eventSchemas(), Problem: problem as Schemas[string] },
  };
  const content = (example: object) => ({
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example },
  });
  for (const { responses } of operationsOf(document)) {
    responses['4XX'] ??= { description: 'Refused; the code gives the reason', content: content(problemExample) };
    responses['503'] ??= {
      description: 'Not now: send the same again as Retry-After says',
      content: content(laterExample),
    };
  }
  return document;
}

/** Adds an example to every response that has a schema and no example. */
function withExamples(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Record<string, JsonSchema>;
  const resolve = (ref: string): JsonSchema => schemas[ref.split('/').at(-1) ?? ''] ?? {};
  const answers = operationsOf(document).flatMap(({ responses }) => Object.values(responses));
  for (const answer of answers)
    for (const media of Object.values((answer !== undefined && 'content' in answer ? answer.content : undefined) ?? {}))
      if (media.schema !== undefined && !('format' in media.schema && media.schema.format === 'binary'))
        media.example ??= exampleOfSchema(media.schema as JsonSchema, resolve);
  return document;
}

/** Names the rest of a path as the path does: Fastify calls it `*`, which OpenAPI does not allow. */
function withNamedRest(document: OpenAPIObject): OpenAPIObject {
  for (const [path, { get }] of Object.entries(document.paths))
    for (const parameter of get?.parameters ?? [])
      if ('name' in parameter && parameter.name === '*') parameter.name = /\{(\w+)\}$/.exec(path)?.[1] ?? '*';
  return document;
}

/** Builds the OpenAPI 3.1 document of all controllers. */
function describe(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Adit')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/');
  return withSecurity(withExamples(withProblems(withNamedRest(SwaggerModule.createDocument(app, builder.build())))));
}

/**
 * Serves the OpenAPI document at /openapi.json and a page for it at /docs, from files of this service alone. The
 * document is built at the first request, so the start does not wait for it.
 */
export function describeApi(app: NestFastifyApplication): void {
  let built: string | null = null;
  const text = (): string => (built ??= JSON.stringify(describe(app)));
  const require = createRequire(import.meta.url);
  const folder = dirname(createRequire(require.resolve('@nestjs/swagger')).resolve('swagger-ui-dist/package.json'));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(text()));
  fastify.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  fastify.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START));
  for (const [name, type] of Object.entries(ASSETS))
    fastify.get(`/docs/${name}`, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=3600')
        .send(await readFile(join(folder, name))),
    );
}
