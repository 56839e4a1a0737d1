import type { FastifyInstance } from 'fastify';

/** A text that begins as a page is one: so a handler may give a page or data, as the reader asked. */
export function sendPagesAsHtml(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (typeof payload === 'string' && payload.startsWith('<!doctype html>'))
      void reply.type('text/html; charset=utf-8');
    done(null, payload);
  });
}
