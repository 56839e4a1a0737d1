import type { OpenAPIObject } from '@nestjs/swagger';
import { needOf } from '../../../core/access/routes.js';
import { scopes } from '../../../core/access/scopes.js';

type Components = NonNullable<OpenAPIObject['components']>;

/** The ways in which a client proves who it is (docs/access.md). */
const schemes: NonNullable<Components['securitySchemes']> = {
  actor: {
    type: 'oauth2',
    description:
      'A token of an actor, got with an assertion that its registered key signs (RFC 7523), and best bound to the key by DPoP (RFC 9449)',
    flows: { clientCredentials: { tokenUrl: '/v1/token', scopes: { ...scopes } } },
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key for machines, adit_live_…, or the token of the operator',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-adit',
    description:
      'The session of a browser, named adit without TLS on this machine; changes need the header x-csrf-token too',
  },
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Returns the path of a route as the router has it: `/v1/lots/:id`, `/log/tile/*`. */
const routeOf = (path: string, rest: boolean): string =>
  path.replace(/\{(\w+)\}$/, rest ? '*' : ':$1').replaceAll(/\{(\w+)\}/g, ':$1');

/** Adds to every operation what its route needs. An operation that no proof opens is described as open to none. */
export function withSecurity(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, securitySchemes: schemes };
  for (const [path, methods] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = methods[method];
      if (operation === undefined) continue;
      const name = method.toUpperCase();
      const need = needOf(name, routeOf(path, false)) ?? needOf(name, routeOf(path, true));
      operation.security =
        need === 'public' || need === 'submit'
          ? []
          : [{ actor: need === null ? [] : [need] }, { bearer: [] }, { session: [] }];
    }
  return document;
}
