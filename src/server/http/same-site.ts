import type { FastifyRequest } from 'fastify';
import { AditError } from '../../core/errors.js';

/** Names by which a service that listens on loopback is reached; any other was made to point here (DNS rebinding). */
const LOOPBACK = /^(localhost|[a-z0-9-]{1,63}\.localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** Where the service is reached, as far as a request is compared with it. */
export interface OwnAddress {
  publicUrl: string;
  /** Whether only this machine can reach it. */
  loopback: boolean;
}

/** Refuses what a page of another site has a browser send: by a name that was made to point here, or without asking. */
export function refuseForeign({ method, headers }: FastifyRequest, own: OwnAddress): AditError | undefined {
  const host = (headers.host ?? '').toLowerCase();
  const publicHost = hostOf(own.publicUrl);
  const name = host.replace(/:[0-9]{1,5}$/, '');
  if (own.loopback && host !== publicHost && !LOOPBACK.test(name))
    return new AditError(
      'request-invalid',
      'The Host of the request is not one of this service: use localhost or 127.0.0.1, or set ADIT_PUBLIC_URL to the address by which it is reached.',
    );
  if (SAFE.has(method)) return undefined;
  const site = headers['sec-fetch-site'];
  const origin = headers.origin;
  const foreign = site === 'cross-site' || site === 'same-site';
  const elsewhere = origin !== undefined && ![host, publicHost].includes(hostOf(origin));
  return foreign || elsewhere
    ? new AditError(
        'request-invalid',
        'A page of another site asked for a change; this service takes changes from its own pages and from programs only.',
      )
    : undefined;
}
