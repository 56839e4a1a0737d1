import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AditError } from '../../core/errors.js';

const MINUTE = 60_000;
/** Paths without a limit, because monitoring needs them also under load. */
const FREE = new Set(['/livez', '/readyz', '/startupz', '/metrics']);

/**
 * Limits the requests of one address in a minute, loopback too, and reports the rest in `RateLimit-*`. Counts in the
 * memory of this process. Call it before any route exists, because it covers only later ones.
 * @param perMinute 0: no limit.
 */
export async function limitRates(app: NestFastifyApplication, perMinute: number): Promise<void> {
  if (perMinute === 0) return;
  await app.register(rateLimit, {
    max: perMinute,
    allowList: ({ routeOptions: { url } }) => url !== undefined && FREE.has(url),
    timeWindow: MINUTE,
    enableDraftSpec: true,
    errorResponseBuilder: () =>
      new AditError(
        'rate-limited',
        `One address may send ${perMinute} requests in a minute; wait as Retry-After says.`,
      ),
  });
}
