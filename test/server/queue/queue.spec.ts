import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { Global, Module, type Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { prepareDatabase } from '../../../src/server/database/prepare.js';
import { type JobData, Jobs, jobKinds } from '../../../src/server/queue/jobs.js';
import { type QueueAddress, QueueBackend, migrateQueue, openQueue } from '../../../src/server/queue/prepare-queue.js';
import { JobProcessor, LOCK_KEPT, QueueWorker } from '../../../src/server/queue/queue-worker.js';
import { QueuedJobs, REFUSED_AGAIN } from '../../../src/server/queue/queued-jobs.js';
import { QueueModule } from '../../../src/server/queue/queue.module.js';
import { asSuperuser } from '../../support/database.js';
import { whole } from '../../support/rounds.js';

@JobProcessor('deliver')
class Taker extends QueueWorker {
  readonly taken: unknown[] = [];

  constructor() {
    super('deliver');
  }

  protected override run(data: JobData): Promise<null> {
    this.taken.push(data);
    return Promise.resolve(null);
  }
}

/** Runs twice, and asks for the second time itself. */
@JobProcessor('raise')
class Repeater extends QueueWorker {
  runs = 0;

  constructor() {
    super('raise');
  }

  protected override run(): Promise<number | null> {
    this.runs += 1;
    return Promise.resolve(this.runs === 1 ? 50 : null);
  }
}

/** Works for a while, and then wakes another job, as those that judge wake those that alert. */
@JobProcessor('verify')
class Waker extends QueueWorker {
  begun = 0;
  readonly woken: unknown[] = [];

  constructor(@InjectQueue(jobKinds.raise.queue) private readonly alerts: Queue) {
    super('verify');
  }

  protected override async run(): Promise<null> {
    this.begun += 1;
    await sleep(500);
    this.woken.push((await this.alerts.add('raise', {})).id);
    return null;
  }
}

/** Starts a process with these processors on an open queue. */
function started(backend: QueueBackend, providers: Provider[]): Promise<TestingModule> {
  const context = [{ provide: QueueBackend, useValue: backend }];
  @Global()
  @Module({ providers: context, exports: [QueueBackend] })
  class ContextModule {}
  return Test.createTestingModule({
    imports: [ContextModule, QueueModule, BullModule.registerQueue({ name: jobKinds.raise.queue })],
    providers,
  })
    .compile()
    .then((module) => module.init());
}

const waitUntil = async (done: () => boolean, patience: number): Promise<void> => {
  for (const end = Date.now() + patience; !done() && Date.now() < end;) await sleep(20);
};

/** Closes a process while its worker is in the middle of a job; returns the jobs that the worker could still add. */
async function closeDuringJob(address: QueueAddress): Promise<unknown[]> {
  const backend = await openQueue(address, () => undefined);
  const app = await started(backend, [Waker]);
  const waker = app.get(Waker);
  await app.get(Jobs).wake('verify');
  await waitUntil(() => waker.begun > 0, 10_000);
  await app.close();
  await backend.close();
  return waker.woken;
}

/** Returns how often a job ran within `patience` ms that asks once to run again. */
async function runsOf(address: QueueAddress, patience: number): Promise<number> {
  const backend = await openQueue(address, () => undefined);
  const app = await started(backend, [Repeater]);
  const repeater = app.get(Repeater);
  await app.get(Jobs).wake('raise');
  await waitUntil(() => repeater.runs > 1, patience);
  await sleep(300);
  await app.close();
  await backend.close();
  return repeater.runs;
}

/** Sends one job; returns what a processor got within `patience` ms, in a process with or without processors. */
async function send(address: QueueAddress, process: boolean, patience: number): Promise<unknown[]> {
  const failures: Error[] = [];
  const backend = await openQueue(address, (error) => failures.push(error));
  const app = await started(backend, process ? [Taker] : []);
  try {
    await backend.check();
    await app.get(Jobs).wake('deliver', 0, { subscription: String(process) });
    const taken = process ? app.get(Taker).taken : [];
    await waitUntil(() => taken.length > 0, patience);
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
    await asSuperuser(
      Object.assign(new URL(postgres.superuserUrl), { pathname: new URL(urls.ownerUrl).pathname }).href,
      'REVOKE UPDATE ON bullmq.job FROM ledger_app',
    );
    await migrateQueue(urls.ownerUrl);
    expect(await send(address, false, 500)).toEqual([]);
    // The job that nobody took is still there, before the second.
    expect((await send(address, true, 10_000)).at(0)).toEqual({ subscription: 'false' });
  });

  it('runs a job again that asks for it, once', async () => {
    expect(await runsOf({ appUrl: urls.appUrl, redisUrl: null }, 10_000)).toBe(2);
  });

  it('closes while a job is under way that tells another queue, and the job ends first', async () => {
    expect(await closeDuringJob({ appUrl: urls.appUrl, redisUrl: null })).toHaveLength(1);
  });
});

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('No redis-server is installed: the queue is not tried on Redis.\n');

(hasRedis ? describe : describe.skip)('a queue in Redis', () => {
  let redis: ChildProcess;
  let admin: Redis;
  let address: QueueAddress;

  beforeAll(async () => {
    const port = await freePort();
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    redis = spawn('redis-server', options, { stdio: 'ignore' });
    address = { appUrl: 'postgres://unused', redisUrl: `redis://127.0.0.1:${port}` };
    admin = new Redis(port, '127.0.0.1');
    admin.on('error', () => undefined);
    await admin.ping();
  });

  afterAll(() => {
    admin.disconnect();
    redis.kill('SIGTERM');
  });

  it('carries a job', async () => {
    expect(await send(address, true, 10_000)).toEqual([{ subscription: 'true' }]);
  });

  it('adds again what a full Redis refused, and takes up a repeating job that it left active', async () => {
    const backend = await openQueue(address, () => undefined);
    const app = await started(backend, [Repeater, Taker]);
    const [repeater, taker] = [app.get(Repeater), app.get(Taker)];
    try {
      await app.get(QueuedJobs).repeat('deliver', 500);
      await waitUntil(() => taker.taken.length > 1, 10_000);
      await admin.config('SET', 'maxmemory', '1');
      await app.get(Jobs).wake('raise');
      // The repeating job becomes active, and is not processed, because its next run cannot be added.
      await sleep(1_500);
      const taken = taker.taken.length;
      expect(repeater.runs).toBe(0);
      await admin.config('SET', 'maxmemory', '0');
      await waitUntil(() => repeater.runs > 0, 2 * REFUSED_AGAIN);
      expect(repeater.runs).toBeGreaterThan(0);
      // It waits for the lock to expire.
      if (whole) {
        await waitUntil(() => taker.taken.length > taken, 2 * LOCK_KEPT);
        expect(taker.taken.length).toBeGreaterThan(taken);
      }
    } finally {
      await app.close();
      await backend.close();
    }
  });
});
