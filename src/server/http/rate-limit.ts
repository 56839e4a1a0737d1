import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AditError } from '../../core/errors.js';

const MINUTE = 60_000;
/** What watches the service must hear of it also when much is asked. */
const FREE = new Set(['/livez', '/readyz', '/startupz', '/metrics']);

/**
 * Bounds what one address may ask in a minute, loopback too, and says in `RateLimit-*` how much of it is left. Counted in
 * the memory of this process. Called before any route is made, because only later ones are counted.
 * @param perMinute 0: there is no bound
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
