import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, errorCodes } from 'fastify';
import { AditError } from '../../core/errors.js';
import type { Metrics } from './metrics.js';
import { NDJSON_TYPE } from './ndjson.js';
import { problemOf } from './problem.js';
import { type OwnAddress, refuseForeign } from './same-site.js';
import { sendProblem } from './problem.filter.js';

/** The one path whose bodies are long, and how long they may be, bytes. */
export const BATCH_PATH = '/v1/events/batch';
export const MAX_BATCH_BYTES = 32 * 1024 * 1024;
export const MAX_BODY_BYTES = 1024 * 1024;

/** A slow sender holds a socket no longer than this, ms: until its headers are in, until its body is, between requests. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 5_000;
/** How often Node looks for sockets past their time, ms; its own 30 s would double every limit. */
const CHECK_INTERVAL = 2_000;
const MAX_CONNECTIONS = 4_096;
const MAX_CONNECTIONS_PER_ADDRESS = 3_500;
/** A tile path is the longest parameter. */
const MAX_PARAM_LENGTH = 200;

/** Pages load nothing from anywhere; the API's answers are data. */
const CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** Swagger's page carries its style and its spinner inline; its scripts are files of ours. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const securityHeaders = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Fastify with limits on all that a sender decides, and no trust in what proxies claim. */
export function fastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: CHECK_INTERVAL },
    trustProxy: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, {
        ...problemOf(new AditError('request-invalid', 'The address of the request cannot be read.')),
        request_id: request.id,
      }),
  });
  const fastify = adapter.getInstance();
  fastify.server.maxConnections = MAX_CONNECTIONS;
  boundConnections(fastify.server);
  fastify.addHook('onRoute', (route) => {
    if (route.url === BATCH_PATH) route.bodyLimit = MAX_BATCH_BYTES;
  });
  fastify.addHook('onRequest', (request, _reply, done) => done(unreadable(request)));
  // The stream is handed on unread: its reader counts lines and bytes (ndjson.ts), and reads no faster than it works.
  fastify.addContentTypeParser(NDJSON_TYPE, (_request, payload, done) => done(null, payload));
  return adapter;
}

/** Closes at once what one address opens beyond its bound, so that others and probes still get in. */
function boundConnections(server: Server): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > MAX_CONNECTIONS_PER_ADDRESS) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}

/** Methods whose body nobody reads. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses media types that a page of another site may send unasked (a form, plain text), whatever parsers the framework
 * brings: JSON makes a browser ask first. A request without a body, and hence without a type, passes.
 */
function unreadable({ method, headers, routeOptions }: FastifyRequest): Error | undefined {
  const declared = headers['content-type'];
  if (declared === undefined || BODILESS.has(method)) return undefined;
  const type = declared.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json' || (type === NDJSON_TYPE && routeOptions.url === BATCH_PATH)) return undefined;
  return new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(declared);
}

/** Sets what stands on every answer, and takes its time. */
export function observeRequests(app: NestFastifyApplication, metrics: Metrics, own?: OwnAddress): void {
  const fastify = app.getHttpAdapter().getInstance();
  if (own !== undefined) fastify.addHook('onRequest', (request, _reply, done) => done(refuseForeign(request, own)));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(securityHeaders).header('x-request-id', request.id);
    if (request.url === '/docs' || request.url.startsWith('/docs/'))
      void reply.header('content-security-policy', DOCS_CSP);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.answered(
      request.method,
      request.routeOptions.url ?? 'unmatched',
      reply.statusCode,
      reply.elapsedTime / 1_000,
    );
    done();
  });
}
