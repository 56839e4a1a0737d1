import type { FastifyInstance } from 'fastify';

/**
 * Sends a text that begins as an HTML page with the media type of HTML, so that a handler may return a page or data.
 */
export function sendPagesAsHtml(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (typeof payload === 'string' && payload.startsWith('<!doctype html>'))
      void reply.type('text/html; charset=utf-8');
    done(null, payload);
  });
}
