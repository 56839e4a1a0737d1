import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';

/** A bare HTTP server, started by `bareHttp` as a separate process: reports its port and answers. */
const server = Fastify({ bodyLimit: 32 * 1024 * 1024 });
server.post('/v1/events', (_request, reply) => reply.code(201).send({}));
await server.listen({ port: 0, host: '127.0.0.1' });
process.send?.((server.server.address() as AddressInfo).port);
