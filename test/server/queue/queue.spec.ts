import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InjectQueue, Processor } from '@nestjs/bullmq';
import { type DynamicModule, Injectable, type Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Queue } from 'bullmq';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { prepareDatabase } from '../../../src/server/database/prepare.js';
import { type QueueAddress, migrateQueue, openQueue } from '../../../src/server/queue/prepare-queue.js';
import { QueueWorker } from '../../../src/server/queue/queue-worker.js';
import { QueueModule } from '../../../src/server/queue/queue.module.js';

@Injectable()
class Sender {
  constructor(@InjectQueue('alerts') readonly queue: Queue) {}
}

@Processor('alerts')
class Taker extends QueueWorker {
  readonly taken: unknown[] = [];

  constructor() {
    super('trial', 'taking');
  }

  override process(job: Job): Promise<void> {
    this.taken.push(job.data);
    return Promise.resolve();
  }
}

/** Works for a while, and then tells another queue, as those that judge tell those that alert. */
@Processor('verification')
class Waker extends QueueWorker {
  readonly begun: unknown[] = [];
  readonly woken: unknown[] = [];

  constructor(@InjectQueue('alerts') private readonly alerts: Queue) {
    super('trial', 'waking');
  }

  override async process(job: Job): Promise<void> {
    this.begun.push(job.id);
    await sleep(500);
    this.woken.push((await this.alerts.add('findings', {})).id);
  }
}

@Injectable()
class Starter {
  constructor(@InjectQueue('verification') readonly queue: Queue) {}
}

const started = (imports: DynamicModule[], providers: Provider[]): Promise<TestingModule> =>
  Test.createTestingModule({ imports, providers })
    .compile()
    .then((module) => module.init());

/** Closes a process while its worker is in the middle of a job; gives what the worker could still tell. */
async function closeDuringJob(address: QueueAddress): Promise<unknown[]> {
  const backend = await openQueue(address, () => undefined);
  const app = await started([QueueModule.forRoot(backend, true)], [Waker, Starter]);
  const waker = app.get(Waker);
  await app.get(Starter).queue.add('append', {});
  for (const end = Date.now() + 10_000; waker.begun.length === 0 && Date.now() < end;) await sleep(20);
  await app.close();
  await backend.close();
  return waker.woken;
}

/** What the taker got of one job within `patience` ms, in a process whose processors run or lie still. */
async function send(address: QueueAddress, process: boolean, patience: number): Promise<unknown[]> {
  const failures: Error[] = [];
  const backend = await openQueue(address, (error) => failures.push(error));
  const app = await started([QueueModule.forRoot(backend, process)], [Sender, Taker]);
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

  it('closes while a job is under way that tells another queue, and the job ends first', async () => {
    expect(await closeDuringJob({ appUrl: urls.appUrl, redisUrl: null })).toHaveLength(1);
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
