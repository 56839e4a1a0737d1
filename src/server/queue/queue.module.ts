import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { QueueBackend } from './prepare-queue.js';
import { queueNames } from './queue-names.js';

/** A failed job is retried after 1, 2, 4, 8 s; few failed jobs are stored, because jobs carry no data. */
const jobs = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 1_000 },
} as const;

const logger = new Logger('queue');

/** BullMQ prints errors of a queue without a listener past the log. The queue reconnects by itself. */
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
 * Provides the queues to all features: `@InjectQueue('verification') queue: Queue` adds jobs, a
 * `@Processor('verification')` processes them. Processors run only if `process` is true (worker role).
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
