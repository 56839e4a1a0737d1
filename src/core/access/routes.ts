import type { Scope } from './scopes.js';

/**
 * What a route needs: `public` needs no token; `submit` takes signed events, which authenticate themselves; a scope
 * needs a token that has it. What the answer contains is decided for each viewer beside that.
 */
export type Need = 'public' | 'submit' | Scope;

/** Every route of the API with what it needs. A route that is not in this table is refused (closed by default). */
export const routeNeeds: Readonly<Record<string, Need>> = {
  'GET /': 'public',
  'GET /log': 'public',
  'GET /assets/:name': 'public',
  'GET /ui': 'read',
  'GET /ui/passport': 'read',
  'GET /search': 'read',
  'GET /lots': 'read',
  'GET /lots/:id': 'read',
  'GET /lots/:id/lineage': 'read',
  'GET /lots/:id/impact': 'read',
  'GET /lots/:id/events': 'read',
  'GET /lots/:id/hands': 'read',
  'GET /events/:id': 'read',
  'GET /sites': 'read',
  'GET /sites/:id': 'read',
  'GET /actors': 'read',
  'GET /actors/:id': 'read',
  'GET /tags/:number': 'read',
  'GET /findings': 'read',
  'GET /findings/:id': 'read',
  'GET /p': 'public',
  'GET /p/:code': 'public',
  'GET /01/:gtin/21/:serial': 'public',
  'GET /01/:gtin/10/:lot': 'public',
  'GET /10/:lot': 'public',
  // A stranger gets the sign-in there.
  'GET /desk': 'public',
  'GET /desk/receive': 'public',
  'GET /desk/outbox': 'public',
  'GET /desk/do/:action': 'public',
  'GET /inbox': 'alerts',
  'GET /inbox/subscriptions': 'alerts',
  'GET /inbox/deliveries': 'alerts',
  'GET /inbox/silences': 'alerts',
  'GET /inbox/:id': 'alerts',
  'GET /livez': 'public',
  'GET /readyz': 'public',
  'GET /startupz': 'public',
  'GET /metrics': 'metrics',
  'GET /errors': 'public',
  'GET /errors/:code': 'public',
  'GET /rules': 'public',
  'GET /rules/:rule': 'public',
  'GET /openapi.json': 'public',
  'GET /docs': 'public',
  'GET /docs/*': 'public',

  'GET /log/checkpoint': 'public',
  'GET /log/witnesses': 'public',
  // Hash tiles are public; entry bundles need `monitor`, which their handler checks, because one path serves both.
  'GET /log/tile/*': 'public',
  'GET /v1/ledger': 'public',
  'GET /v1/ledger/keys': 'public',

  // The assertion in the request authenticates the sender.
  'POST /v1/token': 'public',

  // What is sent, or the cookie that is to end, authenticates the request.
  'GET /signin': 'public',
  'POST /v1/session': 'public',
  'GET /v1/session': 'public',
  'DELETE /v1/session': 'public',
  'POST /v1/session/links': 'admin',
  // Each owner has its own keys; `admin` has all, which the handler checks.
  'POST /v1/keys': 'share',
  'GET /v1/keys': 'share',
  'POST /v1/keys/:id/rotate': 'share',
  'DELETE /v1/keys/:id': 'share',

  'POST /v1/events': 'submit',
  'POST /v1/events/batch': 'submit',
  'POST /v1/events/check': 'read',
  'POST /v1/events/check/batch': 'read',
  'GET /v1/events/:id': 'read',
  // Proofs of entries are public: the id of an event is known from the event alone.
  'GET /v1/events/:id/receipt': 'public',
  'GET /v1/events/:id/receipt.cose': 'public',
  'GET /v1/waiting': 'read',

  'GET /v1/actors': 'read',
  'GET /v1/sites': 'read',
  'GET /v1/sites/:id/volumes': 'public',
  'GET /v1/tags/:number': 'read',
  'GET /v1/stock': 'read',
  'GET /v1/lots': 'read',
  'GET /v1/lots/:id': 'read',
  'GET /v1/lots/:id/events': 'read',
  'GET /v1/lots/:id/report': 'read',
  'GET /v1/lots/:id/lineage': 'read',
  'GET /v1/lots/:id/bundle': 'read',
  'GET /v1/lots/:id/impact': 'read',
  'POST /v1/lots/:id/shares': 'share',
  'GET /v1/lots/:id/shares': 'share',
  'DELETE /v1/shares/:id': 'share',
  'GET /v1/shared': 'read',
  // The secret in the request authenticates the sender.
  'POST /v1/shared': 'public',
  'GET /v1/grants': 'read',
  'GET /v1/contacts': 'read',
  'GET /v1/contacts/:actor': 'read',
  // Each actor has its own, which the handler checks.
  'PUT /v1/contacts/:actor': 'share',
  'DELETE /v1/contacts/:actor': 'share',
  'POST /v1/lots/:id/passport': 'share',
  'GET /v1/lots/:id/passport': 'read',
  'DELETE /v1/lots/:id/passport': 'share',
  'GET /v1/passports/:code': 'public',
  'GET /v1/passports/:code/evidence': 'public',
  'GET /v1/lots/:id/accesses': 'read',
  'GET /v1/access/explain': 'read',

  'GET /v1/findings': 'read',
  'GET /v1/findings/:id': 'read',
  'POST /v1/findings/:id/responses': 'alerts',
  'GET /v1/alerts': 'read',
  'GET /v1/alerts/stream': 'read',
  'GET /v1/alerts/:id': 'read',
  'POST /v1/alerts/:id/acknowledge': 'alerts',
  'POST /v1/alerts/:id/resolve': 'alerts',
  'POST /v1/alerts/:id/assign': 'alerts',
  'POST /v1/silences': 'alerts',
  'GET /v1/silences': 'alerts',
  'DELETE /v1/silences/:id': 'alerts',
  'POST /v1/subscriptions': 'alerts',
  'GET /v1/subscriptions': 'alerts',
  'GET /v1/subscriptions/:id': 'alerts',
  'PATCH /v1/subscriptions/:id': 'alerts',
  'DELETE /v1/subscriptions/:id': 'alerts',
  'POST /v1/subscriptions/:id/test': 'alerts',
  'POST /v1/subscriptions/:id/rotate-secret': 'alerts',
  'POST /v1/subscriptions/:id/redeliver': 'alerts',
  'GET /v1/deliveries': 'alerts',
  'GET /v1/deliveries/:id': 'alerts',
  'POST /v1/deliveries/:id/redeliver': 'alerts',
};

/** Returns what a route needs; null for one that is not in the table. HEAD needs what GET needs. */
export const needOf = (method: string, path: string): Need | null =>
  routeNeeds[`${method === 'HEAD' ? 'GET' : method} ${path}`] ?? null;
