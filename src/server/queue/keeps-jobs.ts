import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bullmq';

/** How often somebody looks whether the queue still knows its repeating jobs, ms. */
const BEAT = 10_000;
/** Done jobs say nothing that the tables do not say. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

/**
 * Sets repeating jobs going, and again where the queue has lost them: a Redis that was emptied, or that came back with
 * nothing. What is to be done stands in the database; a job only says that it is worth looking.
 */
export abstract class KeepsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('queue');
  private timer: NodeJS.Timeout | null = null;

  /** What is to go on: repeating jobs, and one round of each for what happened while nobody was there. */
  protected abstract begin(): Promise<void>;

  async onApplicationBootstrap(): Promise<void> {
    await this.begin();
    this.timer = setInterval(() => {
      this.begin().catch((error: Error) => this.logger.warn({ msg: 'the queue cannot be reached', err: error }));
    }, BEAT);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Has a job repeated every so often; one that is repeated already keeps its time. */
  protected async repeat(queue: Queue, name: string, every: number): Promise<void> {
    if ((await queue.getJobScheduler(name)) === undefined)
      await queue.upsertJobScheduler(name, { every }, { name, data: {}, opts: forget });
  }

  protected async wake(queue: Queue, name: string): Promise<void> {
    await queue.add(name, {}, forget);
  }
}
