import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewerName } from '../../core/access/viewer.js';
import { AditError } from '../../core/errors.js';
import { problemOf } from './problem.js';
import { sendProblem } from './problem.filter.js';

const MINUTE = 60_000;
const SECONDS = MINUTE / 1_000;
/** Paths without a limit, because monitoring needs them also under load. */
const FREE = new Set(['/livez', '/readyz', '/startupz', '/metrics']);
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Requests in a minute at most; 0: any number. */
export interface RateLimits {
  rateLimitPerMinute: number;
  readsPerMinute: number;
  changesPerMinute: number;
}

/** One limit: its name in the header fields, its value, what is counted, and the reason of a refusal. */
interface Limit {
  name: string;
  most: number;
  isCounted: (request: FastifyRequest) => boolean;
  /** Returns what a request counts for; absent: its address, of IPv6 the network. */
  keyOf?: (request: FastifyRequest) => string;
  refusal: string;
}

/**
 * Limits the requests of one address, loopback too. Counts in the memory of this process, before anything else is done with a
 * request, and reports what is left (draft-ietf-httpapi-ratelimit-headers).
 */
export async function limitAddresses(app: NestFastifyApplication, { rateLimitPerMinute }: RateLimits): Promise<void> {
  await app.register(rateLimit, { global: false });
  limit(app, {
    name: 'address',
    most: rateLimitPerMinute,
    isCounted: ({ routeOptions: { url } }) => url === undefined || !FREE.has(url),
    refusal: `One address may send ${rateLimitPerMinute} requests in a minute; wait as Retry-After says.`,
  });
}

/**
 * Limits the reads and the changes of one actor, and of one share link, wherever they come from. Registers after the viewers of
 * requests are recognised.
 */
export function limitViewers(app: NestFastifyApplication, { readsPerMinute, changesPerMinute }: RateLimits): void {
  const most = { reads: readsPerMinute, changes: changesPerMinute };
  for (const kind of ['reads', 'changes'] as const)
    limit(app, {
      name: kind,
      most: most[kind],
      isCounted: (request) => READS.has(request.method) === (kind === 'reads') && limitedViewer(request) !== null,
      keyOf: (request) => limitedViewer(request) ?? '',
      refusal: `One actor may make ${most[kind]} ${kind} in a minute, from all addresses together; wait as Retry-After says.`,
    });
}

/** Returns the name of a viewer that is limited, also on a route that needs no token; null for the operator. */
function limitedViewer({ viewer, routeOptions: { url } }: FastifyRequest): string | null {
  if (url === undefined || FREE.has(url) || viewer === null) return null;
  return viewer.kind === 'actor' || viewer.kind === 'share' ? viewerName(viewer) : null;
}

function limit(app: NestFastifyApplication, { name, most, isCounted, keyOf, refusal }: Limit): void {
  if (most === 0) return;
  const fastify = app.getHttpAdapter().getInstance();
  const count = fastify.createRateLimit({
    max: most,
    timeWindow: MINUTE,
    ...(keyOf === undefined ? {} : { keyGenerator: keyOf }),
  });
  const refuseBeyond = async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    const counted = await count(request);
    if (counted.isAllowed) return false;
    const { remaining, ttlInSeconds } = counted;
    append(reply, 'ratelimit-policy', `"${name}";q=${most};w=${SECONDS}`);
    append(reply, 'ratelimit', `"${name}";r=${remaining};t=${ttlInSeconds}`);
    if (!counted.isExceeded) return false;
    void reply.header('retry-after', String(Math.max(1, ttlInSeconds)));
    sendProblem(reply, { ...problemOf(new AditError('rate-limited', refusal)), request_id: request.id });
    return true;
  };
  // Calls back rather than returns a promise: most requests are counted by one limit of several, and each promise costs.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!isCounted(request)) return done();
    refuseBeyond(request, reply).then((isRefused) => (isRefused ? undefined : done()), done);
  });
}

/** Adds an item to a list in a header field. */
function append(reply: FastifyReply, field: string, item: string): void {
  const before = reply.getHeader(field);
  void reply.header(field, before === undefined ? item : `${String(before)}, ${item}`);
}
