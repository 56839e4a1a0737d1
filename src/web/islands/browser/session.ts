import { AccessClient } from '../../../client/access-client.js';
import { AditClient } from '../../../client/adit-client.js';
import type { Session } from '../../../core/api/access/session.js';

let known: Promise<Session> | undefined;

/** Returns the session of this page. A failure is not kept: the ledger may be reached again. */
export function session(): Promise<Session> {
  known ??= new AditClient(location.origin).session();
  known.catch(() => (known = undefined));
  return known;
}

/** Adds what a change in a session needs: the token that only pages of this service know. */
const inSession: typeof fetch = async (address, options = {}) => {
  const { csrf } = options.method === 'GET' ? { csrf: null } : await session();
  const headers = new Headers(options.headers);
  if (csrf !== null) headers.set('x-csrf-token', csrf);
  return fetch(address, { ...options, headers });
};

/** Manages who may see what as the person who signed in. */
export const accessClient = new AccessClient(location.origin, inSession);

/** Reads and changes as the person who signed in. */
export const sessionClient = new AditClient(location.origin, inSession);

/** Sends a change that the client has no method for. */
export const changeInSession = (path: string, options: RequestInit): Promise<Response> => inSession(path, options);

/** Sends signed events, which authenticate themselves: no end of a session stops them. */
export const submitClient = new AditClient(location.origin, (address, options) =>
  fetch(address, { ...options, credentials: 'omit' }),
);
