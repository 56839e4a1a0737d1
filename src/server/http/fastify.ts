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

/** The one path that takes forms, because OAuth demands it (RFC 6749 §3.2). */
const TOKEN_PATH = '/v1/token';
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** The one path with long bodies, and their limit, bytes. */
const BATCH_PATH = '/v1/events/batch';
const MAX_BATCH_BYTES = 32 * 1024 * 1024;
export const MAX_BODY_BYTES = 1024 * 1024;

/** Time limits for a slow sender, ms: until its headers are complete, until its body is, and between requests. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 5_000;
/** Interval at which Node checks these limits, ms; its default of 30 s would exceed every limit. */
const CHECK_INTERVAL = 2_000;
const MAX_CONNECTIONS = 4_096;
const MAX_CONNECTIONS_PER_ADDRESS = 3_500;
/** Characters of a path parameter at most; a tile's path is the longest. */
const MAX_PARAM_LENGTH = 200;

/** The path of a share link, which has a slash before its #. */
const SHARE_PATH = /^\/p\/(?=\?|$)/;

/** Pages and answers of the API load no resource. */
const CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** Swagger's page has its style and its spinner inline; its scripts are files of this service. */
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
  'origin-agent-cluster': '?1',
  'x-permitted-cross-domain-policies': 'none',
};

/** Makes browsers use TLS for a year, where the public URL has it. */
const HSTS = { 'strict-transport-security': 'max-age=31536000' };

/**
 * Creates Fastify with limits on everything that a sender controls.
 * @param proxies addresses whose `X-Forwarded-For` is believed; none by default.
 */
export function fastifyAdapter(proxies: readonly string[] = []): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: CHECK_INTERVAL },
    trustProxy: proxies.length === 0 ? false : [...proxies],
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    rewriteUrl: ({ url = '' }) => url.replace(SHARE_PATH, '/p'),
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
  // Passes the stream on unread; its reader counts lines and bytes (ndjson.ts) and applies backpressure.
  fastify.addContentTypeParser(NDJSON_TYPE, (_request, payload, done) => done(null, payload));
  return adapter;
}

/** Closes connections of one address above its limit at once, so that other clients and probes can connect. */
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

/** Methods whose body is ignored. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses media types that a page of another site may send without a CORS preflight (forms, plain text), whatever
 * parsers the framework has. A request without a body and type passes.
 */
function unreadable({ method, headers, routeOptions }: FastifyRequest): Error | undefined {
  const declared = headers['content-type'];
  if (declared === undefined || BODILESS.has(method)) return undefined;
  const type = declared.split(';', 1)[0]?.trim().toLowerCase();
  if (type === FORM_TYPE && routeOptions.url === TOKEN_PATH) return undefined;
  if (type === 'application/json' || (type === NDJSON_TYPE && routeOptions.url === BATCH_PATH)) return undefined;
  return new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(declared);
}

/** Sets the headers of every answer and measures its time. */
export function observeRequests(app: NestFastifyApplication, metrics: Metrics, own?: OwnAddress): void {
  const fastify = app.getHttpAdapter().getInstance();
  const headers = { ...securityHeaders, ...(own?.publicUrl.startsWith('https:') === true ? HSTS : {}) };
  if (own !== undefined) {
    const refusal = refuseForeign(own);
    fastify.addHook('onRequest', (request, _reply, done) => done(refusal(request)));
  }
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
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
