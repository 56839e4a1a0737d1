import { AsyncLocalStorage } from 'node:async_hooks';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ownerOf } from '../../core/access/owner.js';
import { needOf } from '../../core/access/routes.js';
import { type Scope, scopes } from '../../core/access/scopes.js';
import { NOBODY, type Viewer, hasScope } from '../../core/access/viewer.js';
import { AditError } from '../../core/errors.js';
import { problemOf } from './problem.js';
import { sendProblem } from './problem.filter.js';

const current = new AsyncLocalStorage<Viewer>();

/** The viewer of work that no request asked for, such as a job: the service itself, which sees everything. */
const SERVICE: Viewer = { kind: 'everyone' };

/**
 * Returns the viewer for whom this code runs: that of the request, and outside requests the service itself.
 */
export const viewerNow = (): Viewer => current.getStore() ?? SERVICE;

/** Runs `work` for a viewer, such as the reader of a stream after its request has been answered. */
export const asViewer = <T>(viewer: Viewer, work: () => T): T => current.run(viewer, work);

/** Returns the actor for whom this code runs; null for a viewer that is no actor. */
export function actorNow(): string | null {
  const viewer = viewerNow();
  return viewer.kind === 'actor' ? viewer.actor : null;
}

/** Returns who owns what this code creates, and whose things it manages; null: everything. Throws `not-allowed`. */
export const ownerNow = (): string | null => ownerOf(viewerNow());

/** Recognises who makes a request. */
export abstract class Identify {
  /**
   * Returns the viewer of a request: that of the public for one without any proof. Throws `token-invalid` for a proof that is
   * malformed, expired, withdrawn or bound to another key.
   */
  abstract viewerOf(request: FastifyRequest): Promise<Viewer>;

  /** Prepares requests, such as for cookies, before any is recognised. */
  prepare(_app: NestFastifyApplication): Promise<void> {
    return Promise.resolve();
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; set before its body is read. */
    viewer: Viewer | null;
  }
}

/**
 * Recognises the viewer of each request before its body is read, refuses what the viewer may not do, and runs the handler
 * for the viewer. Registers before any route does.
 */
export function admitViewers(app: NestFastifyApplication, identify: Identify): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.decorateRequest('viewer', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    admitted(request, identify).then(
      (viewer) => {
        request.viewer = viewer;
        done();
      },
      (error: Error) => {
        if (!(error instanceof AditError)) return done(error);
        sendProblem(reply, { ...problemOf(error), request_id: request.id });
      },
    );
  });
  fastify.addHook('preHandler', (request, _reply, done) => current.run(request.viewer ?? NOBODY, done));
}

/** Returns the viewer of a request. Throws `token-required`, `token-invalid` or `not-allowed`. */
async function admitted(request: FastifyRequest, identify: Identify): Promise<Viewer> {
  const path = request.routeOptions.url;
  // What no route answers is `not-found`, for every viewer.
  if (path === undefined) return identify.viewerOf(request).catch(() => NOBODY);
  const need = needOf(request.method, path);
  // A signed event needs no other proof.
  if (need === 'submit') return NOBODY;
  const viewer = await identify.viewerOf(request);
  if (need !== 'public') requireOf(viewer, need);
  return viewer;
}

/** Checks that the viewer of the request has a scope. Throws `token-required` or `not-allowed`. */
export const requireScope = (scope: Scope): void => requireOf(viewerNow(), scope);

function requireOf(viewer: Viewer, need: Scope | null): void {
  if (viewer.kind === 'everyone' || (need !== null && hasScope(viewer, need))) return;
  if (viewer.kind === 'nobody')
    throw new AditError('token-required', 'Sign in to read or change this; see /errors/token-required.');
  throw new AditError(
    'not-allowed',
    need === null ? 'No viewer may use this path.' : `This needs the scope ${need}: ${scopes[need].toLowerCase()}.`,
  );
}
