import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { isLoopback } from '../config/config-values.js';

/**
 * Returns the URLs by which the sender of a request may call this service, the public one first. A service on loopback is
 * also called by every name of this machine for itself, at the port that it listens on.
 */
export function ownUrls({ publicUrl, host }: Config, { socket: { localPort } }: FastifyRequest): string[] {
  if (!isLoopback(host) || localPort === undefined) return [publicUrl];
  return [publicUrl, ...['127.0.0.1', 'localhost', '[::1]'].map((name) => `http://${name}:${localPort}`)];
}
