import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { HealthRegistry } from '../http/health.js';
import { type JobName, jobKinds } from './jobs.js';
import { QueuedJobs } from './queued-jobs.js';

/** Interval of the check that the queue has its repeating jobs, ms. */
const BEAT = 5_000;
/** Time without a successful check after which the process is not ready, ms. */
const LATE = 3 * BEAT;

/** Schedules the repeating jobs, and again if the queue has lost them, as an emptied Redis has. */
@Injectable()
export class ScheduleJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('queue');
  private timer: NodeJS.Timeout | null = null;
  /** Jobs that were not yet scheduled by this process. */
  private readonly fresh = new Set(Object.keys(jobKinds) as JobName[]);
  /** Time of the last check that found all repeating jobs scheduled, ms of the process clock. */
  private lookedAt = -Infinity;
  private forgetCheck = (): unknown => undefined;

  constructor(
    private readonly jobs: QueuedJobs,
    private readonly config: Config,
    private readonly health: HealthRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.forgetCheck = this.health.register('jobs', () => Promise.resolve(this.whyLate()));
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT);
    this.timer.unref();
  }

  /** Checks once; a failed check is repeated at the next interval, and the service continues. */
  private async beat(): Promise<void> {
    try {
      await Promise.all((Object.keys(jobKinds) as JobName[]).map((name) => this.schedule(name)));
      this.lookedAt = performance.now();
    } catch (err) {
      this.logger.warn({ msg: 'repeating jobs could not be scheduled', err });
    }
  }

  private async schedule(name: JobName): Promise<void> {
    const { every, atStart } = jobKinds[name];
    const interval = every(this.config);
    if (this.fresh.has(name)) await this.jobs.endOthers(name, interval !== null);
    if (interval !== null) await this.jobs.repeat(name, interval);
    if (this.fresh.delete(name) && atStart) await this.jobs.wake(name, 0);
  }

  private whyLate(): string | null {
    return performance.now() - this.lookedAt > LATE ? 'repeating jobs cannot be scheduled' : null;
  }

  beforeApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.forgetCheck();
  }
}
