import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MOST_LAG, type Replica } from './replica.js';

/**
 * Routes that read from the replica: answers about lots, places, parties and findings, which may lag. All other routes use the
 * primary: they write, check who may, show a reader what they have just changed, prove what was just acknowledged, or
 * stream from a position. docs/operating.md lists the reasons.
 */
export const laggingRoutes: ReadonlySet<string> = new Set([
  '/v1/lots',
  '/v1/lots/:id',
  '/v1/lots/:id/events',
  '/v1/lots/:id/report',
  '/v1/lots/:id/lineage',
  '/v1/lots/:id/impact',
  '/v1/stock',
  '/v1/actors',
  '/v1/sites',
  '/v1/sites/:id/volumes',
  '/v1/tags/:number',
  '/v1/findings',
  '/v1/findings/:id',
  '/v1/passports/:code',
  '/p/:code',
  '/01/:gtin/21/:serial',
  '/01/:gtin/10/:lot',
  '/10/:lot',
  '/search',
  '/lots',
  '/lots/:id',
  '/lots/:id/lineage',
  '/lots/:id/impact',
  '/lots/:id/events',
  '/lots/:id/hands',
  '/lots/:id/places',
  '/sites',
  '/sites/:id',
  '/actors',
  '/actors/:id',
  '/tags/:number',
  '/certificates/:number',
  '/containers/:number',
  '/seals/:number',
  '/vehicles/:number',
  '/findings',
  '/findings/:id',
]);

/** Cookie of a browser that has just changed something: it reads from the primary until the replica has the change. */
const CHANGED = 'adit_changed';
const CHANGED_SECONDS = Math.ceil(MOST_LAG / 1000) + 1;

const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Whether the sender of a request asks for the newest state, by `Cache-Control` (RFC 9111 §5.2.1) or after a change. */
const wantsNewest = ({ headers }: FastifyRequest): boolean =>
  /\bno-cache\b|\bno-store\b|\bmax-age=0\b/i.test(headers['cache-control'] ?? '') ||
  new RegExp(`(^|; *)${CHANGED}=`).test(headers.cookie ?? '');

/** Lets requests for routes whose answers may lag read from the replica, if there is one. */
export function readFromReplica(fastify: FastifyInstance, replica: Replica | null): void {
  if (replica === null) return;
  fastify.addHook('preHandler', (request, _reply, done) => {
    const mayLag = isRead(request) && laggingRoutes.has(request.routeOptions.url ?? '') && !wantsNewest(request);
    if (mayLag) replica.during(done);
    else done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (!isRead(request) && reply.statusCode < 300)
      void reply.header('set-cookie', `${CHANGED}=1; Path=/; Max-Age=${CHANGED_SECONDS}; SameSite=Lax; HttpOnly`);
    done();
  });
}
