import { type BeforeApplicationShutdown, Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { HealthRegistry } from '../http/health.js';

/** How often somebody looks whether the queue still knows its repeating jobs, ms. */
const BEAT = 5_000;
/** After so long without a look that went well, the process says that it is not ready, ms. */
const LATE = 3 * BEAT;
/** Done jobs say nothing that the tables do not say. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

/**
 * Sets repeating jobs going, and again where the queue has lost them: a Redis that was emptied, or that came back with
 * nothing. What is to be done stands in the database; a job only says that it is worth looking.
 */
export abstract class KeepsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('queue');
  private timer: NodeJS.Timeout | null = null;
  /** When all repeating jobs were known to be scheduled, ms of the process. */
  private lookedAt = -Infinity;
  private forgetCheck = (): unknown => undefined;
  @Inject(HealthRegistry) private readonly health: HealthRegistry;

  /** What is to go on: repeating jobs, and one round of each for what happened while nobody was there. */
  protected abstract begin(): Promise<void>;

  async onApplicationBootstrap(): Promise<void> {
    this.forgetCheck = this.health.register(`jobs of ${this.constructor.name}`, () => Promise.resolve(this.whyLate()));
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT);
    this.timer.unref();
  }

  /** Looks once; a queue that takes nothing is asked again at the next beat, and the service goes on meanwhile. */
  private async beat(): Promise<void> {
    try {
      await this.begin();
      this.lookedAt = performance.now();
    } catch (error) {
      this.logger.warn({ msg: 'repeating jobs could not be scheduled', err: error });
    }
  }

  private whyLate(): string | null {
    return performance.now() - this.lookedAt > LATE ? 'repeating jobs cannot be scheduled' : null;
  }

  beforeApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.forgetCheck();
  }

  /** Has a job repeated every so often; one that is repeated already at this interval, and has its next run, keeps its time. */
  protected async repeat(queue: Queue, name: string, every: number): Promise<void> {
    if (!(await isRepeated(queue, name, every)))
      await queue.upsertJobScheduler(name, { every }, { name, data: {}, opts: forget });
  }

  protected async wake(queue: Queue, name: string): Promise<void> {
    await queue.add(name, {}, forget);
  }
}

/** Whether a job is repeated at this interval, and the queue still holds its next run. */
async function isRepeated(queue: Queue, name: string, every: number): Promise<boolean> {
  const known = await queue.getJobScheduler(name);
  if (known === undefined || Number(known.every) !== every || known.next === undefined) return false;
  if ((await queue.getJob(`repeat:${name}:${known.next}`)) !== undefined) return true;
  // It may have run in between, and the run after it be another.
  const now = await queue.getJobScheduler(name);
  return now?.next !== known.next;
}
