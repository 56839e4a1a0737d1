import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { AditError } from '../../core/errors.js';

/** Host names of a service that listens on loopback; another name may be an attack by DNS rebinding. */
const LOOPBACK = /^(localhost|[a-z0-9-]{1,63}\.localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Paths with which people sign in and out. */
const SESSION = /^\/(v1\/session|signin)\b/;
/** The cookie of a session, by either of its names. */
const COOKIE = /(^|;\s*)(__Host-)?adit=/;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** The address of the service, with which requests are compared. */
export interface OwnAddress {
  publicUrl: string;
  /** Whether only this machine can reach it. */
  loopback: boolean;
  /** Other sites whose pages may call the API, without cookies. */
  corsOrigins: readonly string[];
}

/** Returns address and port that a connection reached, as in a URL; null once it is closed. */
export function hostOfSocket({
  localAddress,
  localPort,
}: {
  localAddress?: string;
  localPort?: number;
}): string | null {
  if (localAddress === undefined || localPort === undefined) return null;
  const address = localAddress.replace(/^::ffff:(?=[0-9.]+$)/, '');
  return `${isIPv6(address) ? `[${address}]` : address}:${localPort}`;
}

/**
 * Returns a check that refuses requests which a page of another site made a browser send: by DNS rebinding, or across sites.
 * Sessions are taken under the name of the service alone.
 */
export function refuseForeign(own: OwnAddress): (request: FastifyRequest) => AditError | undefined {
  const publicHost = hostOf(own.publicUrl);
  return ({ method, headers, url, socket }) => {
    const host = (headers.host ?? '').toLowerCase();
    const isNamed = host === publicHost || LOOPBACK.test(host.replace(/:[0-9]{1,5}$/, ''));
    if (own.loopback && !isNamed) return foreignHost();
    const isSession = SESSION.test(url) || COOKIE.test(headers.cookie ?? '');
    if (isSession && !isNamed && host !== hostOfSocket(socket)) return foreignHost();
    if (SAFE.has(method)) return undefined;
    const site = headers['sec-fetch-site'];
    const origin = headers.origin;
    if (origin !== undefined && own.corsOrigins.includes(origin)) return isSession ? foreignPage() : undefined;
    const foreign = site === 'cross-site' || site === 'same-site';
    const elsewhere = origin !== undefined && ![host, publicHost].includes(hostOf(origin));
    return foreign || elsewhere ? foreignPage() : undefined;
  };
}

const foreignHost = (): AditError =>
  new AditError(
    'request-invalid',
    'The Host of the request is not one of this service: use localhost or 127.0.0.1, or set ADIT_PUBLIC_URL to the address by which it is reached, and let a proxy pass the header Host on.',
  );

const foreignPage = (): AditError =>
  new AditError(
    'request-invalid',
    'A page of another site asked for a change; this service takes changes from its own pages and from programs only.',
  );
