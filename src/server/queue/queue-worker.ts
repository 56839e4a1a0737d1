import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Inject, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { type JobData, type JobName, Jobs, jobKinds } from './jobs.js';

/**
 * Time for which a worker holds a job without renewal, ms. A job of a killed process, or one that a full Redis could not
 * complete, is taken up again within one and a half times this.
 */
export const LOCK_KEPT = 10_000;

/** Decorates the `QueueWorker` that processes the jobs of this kind. */
export const JobProcessor = (name: JobName): ClassDecorator =>
  Processor(jobKinds[name].queue, { lockDuration: LOCK_KEPT, stalledInterval: LOCK_KEPT / 2 });

/** Processes the jobs of one kind. `@JobProcessor(…)` on the subclass names the same kind. */
export abstract class QueueWorker extends WorkerHost implements BeforeApplicationShutdown {
  private readonly errors: Logger;
  /** The error that was logged last; null since a job was done. */
  private reported: string | null = null;
  @Inject(Jobs) protected readonly jobs: Jobs;

  constructor(private readonly name: JobName) {
    super();
    this.errors = new Logger(jobKinds[name].queue);
  }

  /** Does the work that waits. Returns the time after which it wants to run again, ms, if that is before its interval. */
  protected abstract run(data: JobData): Promise<number | null>;

  async process({ data }: Pick<Job<JobData>, 'data'>): Promise<void> {
    const again = await this.run(data);
    if (again !== null) await this.jobs.wake(this.name, again);
  }

  /** Logs an error once until a job is done: a job whose lock was lost on a busy machine reports it every few seconds. */
  @OnWorkerEvent('error')
  failed(err: Error): void {
    if (err.message === this.reported) return;
    this.reported = err.message;
    this.errors.error({ msg: `a worker met an error: ${jobKinds[this.name].task}`, err });
  }

  @OnWorkerEvent('completed')
  done(): void {
    this.reported = null;
  }

  /**
   * Stops before any queue is closed: a job that adds to a closed queue would wait without end, and so would the stop.
   */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
  }
}
