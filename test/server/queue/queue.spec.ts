import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Queue } from 'bullmq';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/server/database/embedded-postgres.js';
import { prepareDatabase } from '../../../src/server/database/prepare.js';
import { type QueueAddress, migrateQueue, openQueue } from '../../../src/server/queue/prepare-queue.js';
import { QueueModule } from '../../../src/server/queue/queue.module.js';

@Injectable()
class Sender {
  constructor(@InjectQueue('alerts') readonly queue: Queue) {}
}

@Processor('alerts')
class Taker extends WorkerHost {
  readonly taken: unknown[] = [];

  override process(job: Job): Promise<void> {
    this.taken.push(job.data);
    return Promise.resolve();
  }
}

@Module({ providers: [Sender, Taker] })
class TrialModule {}

/** What the taker got of one job within `patience` ms, in a process whose processors run or lie still. */
async function send(address: QueueAddress, process: boolean, patience: number): Promise<unknown[]> {
  const failures: Error[] = [];
  const backend = await openQueue(address, (error) => failures.push(error));
  const app = await NestFactory.createApplicationContext(
    { module: TrialModule, imports: [QueueModule.forRoot(backend, process)] },
    { logger: false, abortOnError: false },
  );
  try {
    await backend.check();
    const { taken } = app.get(Taker);
    await app.get(Sender).queue.add('findings', { process });
    for (const end = Date.now() + patience; taken.length === 0 && Date.now() < end;) await sleep(20);
    expect(failures).toEqual([]);
    return taken;
  } finally {
    await app.close();
    await backend.close();
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

describe('a queue in PostgreSQL', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let urls: { appUrl: string; ownerUrl: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adit-queue-'));
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
    urls = await prepareDatabase(postgres.superuserUrl, join(folder, 'logins.json'));
  });

  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses to open before its tables are made, then carries a job to the role that works', async () => {
    const address = { appUrl: urls.appUrl, redisUrl: null };
    await expect(openQueue(address, () => undefined)).rejects.toThrow();
    await migrateQueue(urls.ownerUrl);
    await migrateQueue(urls.ownerUrl);
    expect(await send(address, false, 500)).toEqual([]);
    // The job that nobody took is still there, before the second.
    expect((await send(address, true, 10_000)).at(0)).toEqual({ process: false });
  });
});

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('No redis-server is installed: the queue is not tried on Redis.\n');

(hasRedis ? describe : describe.skip)('a queue in Redis', () => {
  it('carries a job', async () => {
    const port = await freePort();
    const redis = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      {
        stdio: 'ignore',
      },
    );
    try {
      const address = { appUrl: 'postgres://unused', redisUrl: `redis://127.0.0.1:${port}` };
      await sleep(500);
      expect(await send(address, true, 10_000)).toEqual([{ process: true }]);
    } finally {
      redis.kill('SIGTERM');
    }
  });
});
