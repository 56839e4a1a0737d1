import cors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Seconds for which a browser may keep the answer to a preflight. */
const MAX_AGE = 600;

/**
 * Lets pages of named origins call the API with tokens. Without any, no answer has CORS headers, so that browsers keep answers
 * from pages of other sites.
 */
export async function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'dpop', 'last-event-id'],
    exposedHeaders: ['retry-after', 'ratelimit', 'ratelimit-policy', 'www-authenticate', 'x-request-id'],
    maxAge: MAX_AGE,
  });
}
