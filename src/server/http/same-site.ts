import type { FastifyRequest } from 'fastify';
import { AditError } from '../../core/errors.js';

/** Host names of a service that listens on loopback; another name may be an attack by DNS rebinding. */
const LOOPBACK = /^(localhost|[a-z0-9-]{1,63}\.localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** The address of the service, with which requests are compared. */
export interface OwnAddress {
  publicUrl: string;
  /** Whether only this machine can reach it. */
  loopback: boolean;
}

/** Returns a check that refuses requests which a page of another site made a browser send: by DNS rebinding, or across sites. */
export function refuseForeign({ publicUrl, loopback }: OwnAddress): (request: FastifyRequest) => AditError | undefined {
  const publicHost = hostOf(publicUrl);
  return ({ method, headers }) => {
    const host = (headers.host ?? '').toLowerCase();
    if (loopback && host !== publicHost && !LOOPBACK.test(host.replace(/:[0-9]{1,5}$/, ''))) return foreignHost();
    if (SAFE.has(method)) return undefined;
    const site = headers['sec-fetch-site'];
    const origin = headers.origin;
    const foreign = site === 'cross-site' || site === 'same-site';
    const elsewhere = origin !== undefined && ![host, publicHost].includes(hostOf(origin));
    return foreign || elsewhere ? foreignPage() : undefined;
  };
}

const foreignHost = (): AditError =>
  new AditError(
    'request-invalid',
    'The Host of the request is not one of this service: use localhost or 127.0.0.1, or set ADIT_PUBLIC_URL to the address by which it is reached.',
  );

const foreignPage = (): AditError =>
  new AditError(
    'request-invalid',
    'A page of another site asked for a change; this service takes changes from its own pages and from programs only.',
  );
