import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { type Scope, actorScopes, operatorScopes } from '../../../core/access/scopes.js';
import type { Viewer } from '../../../core/access/viewer.js';
import type { Session } from '../../../core/api/access/session.js';
import { AditError } from '../../../core/errors.js';
import { randomToken } from '../../../core/event/build.js';
import { Clock } from '../../clock.js';
import { SignedInBy, isPerson, same } from '../people/signed-in-by.js';
import { Recent } from '../recent.js';
import { Cookies, SESSION_LIFETIME, type SessionContent, cookieOf, sessionOf } from './session-cookie.js';
import { SpentProofs } from '../spent-proofs.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What marks the end of a session among the proofs that were used. */
const ENDED = 'session';

interface Beginning {
  actor: string | null;
  by: string | null;
  scopes?: readonly Scope[];
}

/** Recognises people by the sessions of their browsers. */
@Injectable()
export class Sessions {
  private readonly ended: Recent<boolean>;

  constructor(
    private readonly signedInBy: SignedInBy,
    private readonly spent: SpentProofs,
    private readonly clock: Clock,
    private readonly cookies: Cookies,
  ) {
    this.ended = new Recent(clock, (id) => spent.isSpent({ kid: ENDED, jti: id, until: 0 }));
  }

  /** Lets requests have sessions. */
  accept(app: NestFastifyApplication): Promise<void> {
    return this.cookies.accept(app);
  }

  /**
   * Returns the viewer of the session of a request; null without one in force. Throws `not-allowed` for a change without the
   * token that only pages of this service know.
   */
  async viewerOf(request: FastifyRequest): Promise<Viewer | null> {
    const session = sessionOf(request);
    if (session === null || !(await this.isInForce(session))) return null;
    const isChange = !SAFE.has(request.method) && request.routeOptions.url !== '/v1/session';
    if (isChange && !same(String(request.headers['x-csrf-token'] ?? ''), session.csrf))
      throw new AditError('not-allowed', 'A change in a session needs the header x-csrf-token, from GET /v1/session.');
    const { actor, scopes, by } = session;
    if (actor !== null) return { kind: 'actor', actor, scopes, signedInBy: by };
    // What the operator makes by its token does not end with the token; what a person makes ends with the person.
    return { kind: 'operator', scopes, ...(isPerson(by) ? { signedInBy: by } : {}) };
  }

  /**
   * Begins the session of a request.
   * @param actor null: the operator.
   * @param by names what signed in: the thumbprint of the actor's key, or a person; null: the operator's token.
   * @param scopes absent: all that the actor or the operator has.
   */
  begin(request: FastifyRequest, { actor, by, scopes }: Beginning): Session {
    const until = Math.floor(this.clock.now() / 1_000) + SESSION_LIFETIME;
    const content: SessionContent = {
      id: randomToken(),
      actor,
      by: by ?? this.signedInBy.operatorToken,
      scopes: [...(scopes ?? (actor === null ? operatorScopes : actorScopes))],
      until,
      csrf: randomToken(),
    };
    const session = cookieOf(request);
    if (session === null)
      throw new AditError('request-invalid', 'This service takes no sessions, because ADIT_ACCESS is open.');
    session.regenerate();
    session.set('content', content);
    return shownSession(content);
  }

  /** Ends the session of a request, also for a copy of its cookie. */
  async end(request: FastifyRequest): Promise<void> {
    const session = sessionOf(request);
    if (session !== null) await this.spent.spend({ kid: ENDED, jti: session.id, until: session.until });
    cookieOf(request)?.delete();
  }

  private async isInForce({ id, actor, by, until }: SessionContent): Promise<boolean> {
    if (until <= this.clock.now() / 1_000 || (await this.ended.get(id))) return false;
    return this.signedInBy.isInForce(by, actor);
  }
}

const shownSession = ({ actor, scopes, until, csrf }: SessionContent): Session => ({
  kind: actor === null ? 'operator' : 'actor',
  actor,
  scopes,
  until: new Date(until * 1_000).toISOString(),
  csrf,
});

/** Describes the viewer of a request, with its session if it has one. */
export function describeViewer(viewer: Viewer, request: FastifyRequest): Session {
  const session = request.headers.authorization === undefined ? sessionOf(request) : null;
  if (session !== null && (viewer.kind === 'actor' || viewer.kind === 'operator')) return shownSession(session);
  return {
    kind: viewer.kind,
    actor: viewer.kind === 'actor' ? viewer.actor : null,
    scopes: 'scopes' in viewer ? viewer.scopes : viewer.kind === 'everyone' ? operatorScopes : [],
    until: null,
    csrf: null,
  };
}
