import { hkdfSync } from 'node:crypto';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type Scope, scopes } from '../../../core/access/scopes.js';
import { Config } from '../../config/config.js';
import type { SignInAttempt } from '../people/identity-provider.js';

/** Duration of a session, s. */
export const SESSION_LIFETIME = 12 * 60 * 60;
const KEY_BYTES = 32;

const contentSchema = z.strictObject({
  id: z.string(),
  /** null: the operator. */
  actor: z.string().nullable(),
  /** Thumbprint of the key that signed in, the person, or the fingerprint of the operator's token: the session ends with it. */
  by: z.string(),
  scopes: z.array(z.enum(Object.keys(scopes) as [Scope, ...Scope[]])),
  /** s since 1970 UTC. */
  until: z.int(),
  csrf: z.string(),
});
export type SessionContent = z.infer<typeof contentSchema>;

declare module '@fastify/secure-session' {
  interface SessionData {
    content: SessionContent;
    attempt: SignInAttempt | undefined;
  }
}

/** The keys of sessions and sign-in links; both derive from the secret of the service. */
export class SessionKey {
  /** Encrypts cookies. */
  readonly cookies: Buffer;
  /** Authenticates sign-in links. */
  readonly links: Buffer;

  constructor(secret: Uint8Array) {
    this.cookies = Buffer.from(hkdfSync('sha256', secret, '', 'adit session v1', KEY_BYTES));
    this.links = Buffer.from(hkdfSync('sha256', secret, '', 'adit sign-in link v1', KEY_BYTES));
  }
}

/** Whether browsers send the cookie encrypted only: everywhere but where the service has no TLS on this machine. */
export const isSecure = ({ publicUrl }: Config): boolean => {
  const { protocol, hostname } = new URL(publicUrl);
  const isThisMachine =
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  return protocol === 'https:' || !isThisMachine;
};

/** Lets requests have sessions: encrypted cookies, which no script reads and no other site sends along. */
@Injectable()
export class Cookies {
  constructor(
    private readonly config: Config,
    private readonly key: SessionKey,
  ) {}

  async accept(app: NestFastifyApplication): Promise<void> {
    const { default: secureSession } = await import('@fastify/secure-session');
    const secure = isSecure(this.config);
    await app.register(secureSession, {
      key: this.key.cookies,
      // The prefix makes browsers refuse the cookie from another host name or without TLS.
      cookieName: secure ? '__Host-adit' : 'adit',
      expiry: SESSION_LIFETIME,
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: SESSION_LIFETIME },
    });
  }
}

/** Returns the session of a request, with or without content; null where cookies are not accepted. */
export const cookieOf = (request: FastifyRequest): FastifyRequest['session'] | null => request.session ?? null;

/** Returns the content of the session of a request; null: it has none. */
export const sessionOf = (request: FastifyRequest): SessionContent | null =>
  contentSchema.safeParse(cookieOf(request)?.get('content')).data ?? null;
