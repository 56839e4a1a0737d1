import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AditError } from '../../core/errors.js';
import { problemOf } from './problem.js';
import { sendProblem } from './problem.filter.js';

/** Returns why a request is refused before its body is read; null: it is accepted. */
export type Gate = () => AditError | null;

/** Registers checks that run before the body of a request is read, so that a refusal costs little. */
@Injectable()
export class Admission {
  private readonly gates = new Map<string, Gate>();

  /** Adds the check of one route, such as `POST /v1/events`. */
  register(route: string, gate: Gate): void {
    this.gates.set(route, gate);
  }

  refusal(route: string): AditError | null {
    return this.gates.get(route)?.() ?? null;
  }
}

/** Runs the check of a route when the headers of a request have arrived. */
export function turnAwayEarly(app: NestFastifyApplication): void {
  const admission = app.get(Admission);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = admission.refusal(`${request.method} ${request.routeOptions.url ?? ''}`);
    if (refusal === null) return done();
    sendProblem(reply, { ...problemOf(refusal), request_id: request.id });
  });
}
