import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { type JobName, Jobs, jobKinds } from './jobs.js';
import { QueueBackend } from './prepare-queue.js';
import { QueuedJobs } from './queued-jobs.js';

/** A failed job is retried after 1, 2, 4, 8 s; few failed jobs are stored, because jobs carry no data. */
const defaultJobOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 1_000 },
} as const;

const names = Object.keys(jobKinds) as JobName[];
const queueNames = names.map((name) => jobKinds[name].queue);

/** Provides `Jobs`, which adds jobs. A `QueueWorker` in a module of the worker role processes them. */
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [QueueBackend],
      useFactory: ({ connection, prefix }: QueueBackend) => ({ connection, prefix, defaultJobOptions }),
    }),
    BullModule.registerQueue(...queueNames.map((name) => ({ name }))),
  ],
  providers: [
    {
      provide: QueuedJobs,
      inject: queueNames.map((name) => getQueueToken(name)),
      useFactory: (...queues: Queue[]) => new QueuedJobs(new Map(names.map((name, i) => [name, queues[i] as Queue]))),
    },
    { provide: Jobs, useExisting: QueuedJobs },
  ],
  exports: [Jobs, QueuedJobs],
})
export class QueueModule {}
