import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { QueueBackend } from './prepare-queue.js';
import { queueNames } from './queue-names.js';

/** A job that failed is tried again after 1, 2, 4, 8 s; jobs are wake-ups, so few are kept to look at. */
const jobs = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 1_000 },
} as const;

const logger = new Logger('queue');

/** A queue that nobody listens to prints every lost connection past the log. What is lost comes back by itself. */
const listeners = {
  provide: 'queue listeners',
  inject: queueNames.map((name) => getQueueToken(name)),
  useFactory: (...queues: Queue[]) => {
    for (const queue of queues)
      queue.on('error', (error) => logger.warn({ msg: 'a queue lost its connection', queue: queue.name, err: error }));
    return queues.length;
  },
};

/**
 * The queues, for every feature: `@InjectQueue('verification') queue: Queue` adds, a `@Processor('verification')`
 * takes. Processors run where `process` is true, in the worker role; elsewhere they lie still even if they are provided.
 */
@Module({})
export class QueueModule {
  static forRoot(backend: QueueBackend, process: boolean): DynamicModule {
    const root = BullModule.forRoot({
      connection: backend.connection,
      prefix: backend.prefix,
      defaultJobOptions: jobs,
      extraOptions: { manualRegistration: !process },
    });
    const queues = BullModule.registerQueue(...queueNames.map((name) => ({ name })));
    return { module: QueueModule, global: true, imports: [root, queues], providers: [listeners], exports: [queues] };
  }
}
