import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AditError, type ErrorCode } from '../../core/errors.js';
import type { Problem } from '../../core/api/problem.js';
import { isUnavailable, isUnreadable } from '../database/is-unavailable.js';
import { PROBLEM_TYPE, ProblemError, problemOf } from './problem.js';

/** Seconds after which a client may retry a request that was refused for overload. */
const RETRY_AFTER = 1;

const READS = new Set(['GET', 'HEAD']);

/** Fallback for values that a schema should have refused: still a fault of the request, not of the service. */
const unreadable = new AditError('request-invalid', 'A value of the request cannot be looked up.');

/**
 * Converts exceptions to problem+json. An unexpected one becomes `internal`: it is logged and its details are not sent.
 */
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
    // A response that has begun cannot change its status; the connection is closed, so that no client takes a part for
    // the whole.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, { ...problem, request_id: request.id });
  }
}

/** Sends a problem with its status, its media type and, for temporary ones, `Retry-After`. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const isForNow = problem.status === 503 || problem.status === 429;
  if (isForNow && !reply.hasHeader('retry-after')) void reply.header('retry-after', String(RETRY_AFTER));
  const challenge = challengeOf(problem);
  if (challenge !== null) void reply.header('www-authenticate', challenge);
  // The next request may succeed, so an error is never cached, whatever the route's caching.
  void reply
    .status(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}

/** Names the ways in which a client can prove who it is, and why its proof failed (RFC 6750 §3, RFC 9449 §7.1). */
function challengeOf({ status, code }: Problem): string | null {
  if (status === 403 && code === 'not-allowed') return 'Bearer error="insufficient_scope"';
  if (status !== 401) return null;
  const error = code === 'token-invalid' ? ', error="invalid_token"' : '';
  return `DPoP algs="Ed25519 EdDSA ES256"${error}, Bearer realm="adit"${error}`;
}

/** Returns the problem of an error of any origin. */
function problemFrom(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof AditError) return problemOf(error);
  if (isUnavailable(error))
    return problemOf(new AditError('overloaded', 'The database cannot be reached; send the request again.'));
  const status = statusOf(error);
  const [code, detail] = foreign(status);
  return { ...problemOf(new AditError(code, detail)), status: code === 'internal' ? 500 : status };
}

/** Returns the status of Nest's and Fastify's errors; 500 for any other. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : 500;
}

/** All messages are our own, because those of libraries may repeat input or reveal internals. */
function foreign(status: number): [ErrorCode, string] {
  if (status === 404) return ['not-found', 'No such path, or not with this method; see /docs.'];
  if (status === 413) return ['request-too-large', 'The body is larger than this path accepts.'];
  if (status === 415)
    return [
      'request-invalid',
      'The content type is not one that this path reads: use application/json, or application/x-ndjson for a batch.',
    ];
  if (status === 503) return ['overloaded', 'The service is stopping or overloaded; try again shortly.'];
  if (status >= 400 && status < 500)
    return ['request-invalid', 'The request could not be read: is the body well-formed JSON?'];
  return ['internal', 'The failure is recorded under the request id.'];
}
