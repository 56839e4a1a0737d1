import { spawn, spawnSync } from 'node:child_process';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bullmq';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { asSuperuser } from '../../support/database.js';
import { whole } from '../../support/rounds.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

const PORT = 16_397;
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** Sends one command, and gives the answer to it. */
const redis = (command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(PORT, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (text) => {
      socket.destroy();
      resolve(text.toString());
    });
  });

const queueOf = (service: TestServer): Queue =>
  service.server.app.get<Queue>(getQueueToken('index'), { strict: false });
const ready = async (service: TestServer): Promise<Record<string, string>> =>
  ((await (await fetch(`${service.url}/readyz`)).json()) as { checks: Record<string, string> }).checks;

async function nextRun(queue: Queue): Promise<string> {
  const scheduler = await queue.getJobScheduler('seal');
  return `repeat:seal:${scheduler?.next}`;
}

/** The same on Redis is tried in CI. */
const queues = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;

describe.each(queues.slice(0, whole ? 2 : 1))('repeating jobs on %s', (_name, onRedis) => {
  if (onRedis && !hasRedis) {
    it.skip('is skipped: there is no redis-server here', () => undefined);
    return;
  }
  const server = onRedis
    ? spawn('redis-server', ['--port', String(PORT), '--save', '', '--maxmemory-policy', 'noeviction'], {
        stdio: 'ignore',
      })
    : null;
  const settings: Record<string, string> = {
    ADIT_ROLE: 'all',
    ...(onRedis ? { REDIS_URL: `redis://127.0.0.1:${PORT}` } : {}),
  };
  let service: TestServer;

  beforeAll(async () => {
    for (let tries = 0; onRedis && tries < 100; tries += 1)
      if ((await redis('PING').catch(() => '')).startsWith('+PONG')) break;
      else await sleep(50);
    service = await startTestServer(settings);
  });
  afterAll(async () => {
    await service.close();
    server?.kill();
  });

  it('follow the interval that is set when the service starts again', async () => {
    expect(await queueOf(service).getJobScheduler('seal')).toMatchObject({ every: 3_600_000 });
    service = await service.restart({ ...settings, ADIT_INDEX_INTERVAL_SECONDS: '1800' });
    expect(await queueOf(service).getJobScheduler('seal')).toMatchObject({ every: 1_800_000 });
  });

  it('end where no release knows them any more', async () => {
    await queueOf(service).upsertJobScheduler('former', { every: 60_000 }, { name: 'former' });
    service = await service.restart(settings);
    const keys = (await queueOf(service).getJobSchedulers()).map(({ key }) => key);
    expect(keys).toEqual(['seal']);
  });

  it('come back where the next run was deleted', async () => {
    const queue = queueOf(service);
    const id = await until(async () => {
      const next = await nextRun(queue);
      return (await queue.getJobState(next)) === 'delayed' ? next : undefined;
    });
    if (onRedis) {
      const prefix = `${queue.opts.prefix ?? ''}:index`;
      for (const command of [`DEL ${prefix}:${id}`, `ZREM ${prefix}:delayed ${id}`])
        expect(await redis(command)).toMatch(/^:[1-9]/);
    } else await asSuperuser(service.database.superuserUrl, `DELETE FROM bullmq.job WHERE id = '${id}'`);
    expect(await queue.getJob(id)).toBeUndefined();
    await until(async () => ((await queue.getJob(await nextRun(queue))) === undefined ? undefined : true));
    expect(Object.entries(await ready(service)).filter(([, state]) => state !== 'ready')).toEqual([]);
  });

  if (onRedis)
    it('have keys of their own for each ledger, and a Redis that is full is said', async () => {
      const other = await startTestServer(settings);
      try {
        const prefixes = [service, other].map((one) => queueOf(one).opts.prefix);
        expect(new Set(prefixes).size).toBe(2);
        await redis('CONFIG SET maxmemory 1');
        expect(await ready(other)).toMatchObject({ queue: expect.stringContaining('Redis refuses to write (OOM)') });
        expect((await fetch(`${other.url}/readyz`)).status).toBe(503);
        await redis('CONFIG SET maxmemory 0');
        expect(await ready(other)).toMatchObject({ queue: 'ready' });
      } finally {
        await other.close();
      }
    });
});
