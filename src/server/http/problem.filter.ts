import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AditError, type ErrorCode } from '../../core/errors.js';
import { isUnavailable, isUnreadable } from '../database/is-unavailable.js';
import { PROBLEM_TYPE, type Problem, ProblemError, problemOf } from './problem.js';

/** Seconds after which a sender may try again what was refused for want of room. */
const RETRY_AFTER = 1;

const READS = new Set(['GET', 'HEAD']);

/** Schemas are to say this first; where one does not, what a reader asks for is still no failure of ours. */
const unreadable = new AditError('request-invalid', 'A value of the request cannot be looked up.');

/** Turns whatever was thrown into problem+json. What nobody foresaw is `internal`: it is logged, and says nothing. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = isUnreadable(error) && READS.has(request.method) ? problemOf(unreadable) : problemFrom(error);
    if (problem.code === 'internal')
      this.logger.error({
        msg: 'a request failed',
        request_id: request.id,
        route: request.routeOptions?.url,
        err: error,
      });
    // A stream that has begun cannot change its answer; the connection is cut, so that nobody takes half for whole.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, { ...problem, request_id: request.id });
  }
}

/** Sends a problem with its status, its media type and, where it is a matter of time, when to try again. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const isForNow = problem.status === 503 || problem.status === 429;
  if (isForNow && !reply.hasHeader('retry-after')) void reply.header('retry-after', String(RETRY_AFTER));
  // What was not there may be there at the next asking, whatever the path may promise of what it gives.
  void reply
    .status(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}

/** The problem that an error of any origin stands for. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof AditError) return problemOf(error);
  if (isUnavailable(error)) return problemOf(new AditError('overloaded', 'The database cannot be reached; ask again.'));
  const status = statusOf(error);
  const [code, detail] = foreign(status);
  return { ...problemOf(new AditError(code, detail)), status: code === 'internal' ? 500 : status };
}

/** The status that Nest's and Fastify's own errors carry; anything else is a failure of ours. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : 500;
}

/** The words are ours throughout: messages of libraries may repeat input or tell of our insides. */
function foreign(status: number): [ErrorCode, string] {
  if (status === 404) return ['not-found', 'No such path, or not with this method; see /docs.'];
  if (status === 413) return ['request-too-large', 'The body is larger than this path accepts.'];
  if (status === 415)
    return [
      'request-invalid',
      'The content type is not one that this path reads: use application/json, or application/x-ndjson for a batch.',
    ];
  if (status === 503) return ['overloaded', 'The service is stopping or has no room; try again shortly.'];
  if (status >= 400 && status < 500)
    return ['request-invalid', 'The request could not be read: is the body well-formed JSON?'];
  return ['internal', 'The failure is recorded under the request id.'];
}
