import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AditError } from '../../core/errors.js';
import { problemOf } from './problem.js';
import { sendProblem } from './problem.filter.js';

/** Says why a request is turned away before it is read; null: it is taken. */
export type Gate = () => AditError | null;

/** Where features register what is asked before the body of a request is read: to turn one away must cost little. */
@Injectable()
export class Admission {
  private readonly gates = new Map<string, Gate>();

  /** Adds the gate of one route, such as `POST /v1/events`. */
  register(route: string, gate: Gate): void {
    this.gates.set(route, gate);
  }

  refusal(route: string): AditError | null {
    return this.gates.get(route)?.() ?? null;
  }
}

/** Asks the gate of a route as soon as the headers of a request are in. */
export function turnAwayEarly(app: NestFastifyApplication): void {
  const admission = app.get(Admission);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = admission.refusal(`${request.method} ${request.routeOptions.url ?? ''}`);
    if (refusal === null) return done();
    sendProblem(reply, { ...problemOf(refusal), request_id: request.id });
  });
}
