import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Language, languages } from '../../core/api/alerts/subscription.js';

/** One request for a page, with its answer. */
export interface Visit {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Provides the visit to a handler; Nest still sends what the handler returns. */
export const Visiting = createParamDecorator((_: unknown, context: ExecutionContext): Visit => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});

const COOKIE = 'lang';
const YEAR = 31_536_000;

const known = (code: string | undefined): Language | undefined => languages.find((language) => language === code);

/** Returns the first language of a list of preferences that there is (RFC 9110 §12.5.4). */
function preferred(header = ''): Language | undefined {
  const ranges = header.split(',').map((range, i) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { code: tag.slice(0, 2), weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0, i };
  });
  return ranges
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || a.i - b.i)
    .flatMap(({ code }) => known(code) ?? [])[0];
}

const cookieOf = (header = ''): string | undefined =>
  header
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];

const asked = ({ query }: Pick<FastifyRequest, 'query'>): Language | undefined => {
  const { lang } = (query ?? {}) as { lang?: unknown };
  return typeof lang === 'string' ? known(lang) : undefined;
};

/** Returns the language of a page: that of the address, else of the cookie, else of the browser, else English. */
export const languageOf = (request: Pick<FastifyRequest, 'query' | 'headers'>): Language =>
  asked(request) ?? known(cookieOf(request.headers.cookie)) ?? preferred(request.headers['accept-language']) ?? 'en';

/** Keeps a language that the address asks for, for the pages that follow. */
export function keepLanguage(request: Pick<FastifyRequest, 'query'>, reply: FastifyReply): void {
  const language = asked(request);
  if (language !== undefined)
    void reply.header('set-cookie', `${COOKIE}=${language}; Path=/; Max-Age=${YEAR}; SameSite=Lax; HttpOnly`);
}
