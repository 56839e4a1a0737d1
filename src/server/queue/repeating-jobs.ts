import { type BeforeApplicationShutdown, Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { HealthRegistry } from '../http/health.js';

/** Interval of the check that the queue has its repeating jobs, ms. */
const BEAT = 5_000;
/** Time without a successful check after which the process is not ready, ms. */
const LATE = 3 * BEAT;
/** Completed jobs are deleted, because the tables contain the results. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

/**
 * Schedules repeating jobs, and again if the queue has lost them, as an emptied Redis has. The database has the work; a
 * job only starts a query for it.
 */
export abstract class RepeatingJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('queue');
  private timer: NodeJS.Timeout | null = null;
  /** Time of the last check that found all repeating jobs scheduled, ms of the process clock. */
  private lookedAt = -Infinity;
  private forgetCheck = (): unknown => undefined;
  @Inject(HealthRegistry) private readonly health: HealthRegistry;

  /** Schedules the repeating jobs and enqueues each once, for changes while the service was stopped. */
  protected abstract begin(): Promise<void>;

  async onApplicationBootstrap(): Promise<void> {
    this.forgetCheck = this.health.register(`jobs of ${this.constructor.name}`, () => Promise.resolve(this.whyLate()));
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT);
    this.timer.unref();
  }

  /** Checks once; a failed check is repeated at the next interval, and the service continues. */
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

  /** Schedules a repeating job; does not change one with this interval and a next run. */
  protected async repeat(queue: Queue, name: string, every: number): Promise<void> {
    if (!(await isRepeated(queue, name, every)))
      await queue.upsertJobScheduler(name, { every }, { name, data: {}, opts: forget });
  }

  protected async wake(queue: Queue, name: string): Promise<void> {
    await queue.add(name, {}, forget);
  }
}

/** Whether a job repeats at this interval and the queue has its next run. */
async function isRepeated(queue: Queue, name: string, every: number): Promise<boolean> {
  const known = await queue.getJobScheduler(name);
  if (known === undefined || Number(known.every) !== every || known.next === undefined) return false;
  if ((await queue.getJob(`repeat:${name}:${known.next}`)) !== undefined) return true;
  // The job may have run in between, and the next run may be another.
  const now = await queue.getJobScheduler(name);
  return now?.next !== known.next;
}
