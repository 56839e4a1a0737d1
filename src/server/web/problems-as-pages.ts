import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../core/api/problem.js';
import { parseStrictJson } from '../../core/event/grammar.js';
import { problemPage } from '../../web/explorer/problem-page.js';
import { wantsHtml } from '../http/wants-html.js';
import { PROBLEM_TYPE } from '../http/problem.js';
import { ShowPages } from './show-pages.js';

/** Paths whose problems are always for programs. */
const FOR_PROGRAMS = /^\/(v1|openapi\.json|livez|readyz|startupz|metrics)(\/|\?|$)/;

const isPage = ({ url, headers }: FastifyRequest): boolean => wantsHtml(headers.accept) && !FOR_PROGRAMS.test(url);

/**
 * Sends problems as pages to browsers, in the reader's language: what does not exist, what the viewer may not see, what
 * failed. Registers before any route does.
 */
export function showProblemsAsPages(fastify: FastifyInstance, pages: ShowPages): void {
  const asPage = (request: FastifyRequest, reply: FastifyReply, payload: string): Promise<string> => {
    const problem = parseStrictJson(payload) as Problem;
    return pages.showProblem(request, reply, (say) => problemPage(say, problem));
  };
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const type = String(reply.getHeader('content-type') ?? '');
    if (typeof payload !== 'string' || !type.startsWith(PROBLEM_TYPE) || !isPage(request)) return done(null, payload);
    asPage(request, reply, payload).then((html) => {
      void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').removeHeader('content-length');
      done(null, html);
    }, done);
  });
}
