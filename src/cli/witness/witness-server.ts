import { type FastifyInstance, fastify } from 'fastify';
import { MAX_SUBMISSION_LENGTH, SIZE_TYPE } from '../../core/log/add-checkpoint.js';
import type { WitnessStore } from './witness-store.js';

/** Time limit for a slow sender, ms. */
const REQUEST_TIMEOUT = 10_000;
const TEXT = 'text/plain; charset=utf-8';

/** Serves a witness over HTTP (C2SP tlog-witness): `add-checkpoint`, and the last cosigned checkpoints for monitors. */
export function witnessServer(
  store: Pick<WitnessStore, 'consider' | 'newest'>,
  { prefix, now, report }: { prefix: string; now: () => number; report: (line: string) => void },
): FastifyInstance {
  const server = fastify({
    bodyLimit: MAX_SUBMISSION_LENGTH,
    requestTimeout: REQUEST_TIMEOUT,
    logger: false,
    forceCloseConnections: true,
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post(`${prefix}/add-checkpoint`, (request, reply) => {
    const body = typeof request.body === 'string' ? request.body : '';
    const considered = store.consider(body, Math.floor(now() / 1_000));
    if (considered.status === 200) {
      report(`cosigned ${considered.checkpoint.origin}, ${considered.checkpoint.size} entries`);
      return reply.type(TEXT).send(considered.cosignature);
    }
    // Logs a signed checkpoint that contradicts the last one, the event that a witness exists to detect.
    const size = considered.status === 409 ? considered.size : null;
    if (considered.status === 422 || (considered.status === 409 && size === null))
      report(`REFUSED: ${considered.detail}\n${body}`);
    if (size !== null) return reply.code(409).type(SIZE_TYPE).send(`${size}\n`);
    return reply.code(considered.status).type(TEXT).send(`${considered.detail}\n`);
  });
  server.get<{ Params: { hash: string } }>(`${prefix}/:hash/checkpoint`, ({ params }, reply) => {
    const note = store.newest(params.hash);
    if (note === null) return reply.code(404).type(TEXT).send('This witness has cosigned nothing of that log.\n');
    return reply.type(TEXT).header('cache-control', 'no-cache').send(note);
  });
  return server;
}
