import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { hostnameOf, isEveryAddress, isLoopback } from '../config/config-values.js';
import { hostOfSocket } from '../http/same-site.js';

/**
 * Returns the URLs by which the sender of a request may call this service, the public one first. A service on loopback is
 * also called by every name of this machine for itself, at the port that it listens on; one on all addresses without a public URL by the
 * address that the request reached.
 */
export function ownUrls({ publicUrl, host }: Config, { socket }: FastifyRequest): string[] {
  const { localPort } = socket;
  if (localPort === undefined) return [publicUrl];
  const reached = hostOfSocket(socket);
  const onEvery = isEveryAddress(hostnameOf(publicUrl)) && reached !== null;
  const names = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `http://${name}:${localPort}`);
  return [
    publicUrl,
    ...(onEvery ? [`http://${reached}`] : []),
    ...(isLoopback(host) || (onEvery && isLoopback(socket.localAddress?.replace(/^::ffff:/, '') ?? '')) ? names : []),
  ];
}

/** Returns the URL by which the sender of a request calls this service, if it is one of its own; else the public one. */
export function calledUrl(config: Config, request: FastifyRequest): string {
  const called = `${request.protocol}://${request.host}`;
  return ownUrls(config, request).includes(called) ? called : config.publicUrl;
}
