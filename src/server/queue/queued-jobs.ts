import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { type JobData, type JobName, Jobs, jobKinds } from './jobs.js';

/** Completed jobs are deleted, because the tables contain the results. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

/** Time after which a wake-up that the queue refused is repeated, ms. */
export const REFUSED_AGAIN = 2_000;

/** Failed jobs of one queue that are shown, the letters of why, and those that one request runs again. */
const FAILURES_SHOWN = 5;
const REASON_SHOWN = 300;
const RETRIED_AT_ONCE = 100;

/** Enqueues the jobs of `jobKinds`. */
export class QueuedJobs extends Jobs implements BeforeApplicationShutdown {
  private readonly logger = new Logger('queue');
  /** Wake-ups that wait in this process: the time at which each is due, ms of the process clock. */
  private readonly waiting = new Map<JobName, { due: number; timer: NodeJS.Timeout }>();
  private stopping = false;

  constructor(private readonly queues: ReadonlyMap<JobName, Queue>) {
    super();
    // BullMQ prints errors of a queue without a listener past the log. The queue reconnects by itself.
    for (const queue of queues.values())
      queue.on('error', (err) => this.logger.warn({ msg: 'a queue lost its connection', queue: queue.name, err }));
  }

  async wake(name: JobName, after: number = jobKinds[name].wakeDelay, data: JobData = {}): Promise<void> {
    if (after === 0 || Object.keys(data).length > 0) await this.add(name, after, data);
    else this.wakeLater(name, after);
  }

  /** Keeps only the earliest of the wake-ups that wait. */
  private wakeLater(name: JobName, after: number): void {
    const due = performance.now() + after;
    const earlier = this.waiting.get(name);
    if (this.stopping || (earlier !== undefined && earlier.due <= due)) return;
    clearTimeout(earlier?.timer);
    const timer = setTimeout(() => {
      this.waiting.delete(name);
      void this.add(name, 0, {});
    }, after);
    this.waiting.set(name, { due, timer });
  }

  private async add(name: JobName, delay: number, data: JobData): Promise<void> {
    try {
      await this.queueOf(name).add(name, data, { ...forget, delay });
    } catch (err) {
      this.logger.warn({ msg: 'a job could not be enqueued; this is repeated', job: name, err });
      // Not left to the repeating job: it may be active still if the queue could not complete it.
      this.wakeLater(name, REFUSED_AGAIN);
    }
  }

  /** Makes a job repeat at an interval, ms; does not change one that does and has its next run. */
  async repeat(name: JobName, every: number): Promise<void> {
    const queue = this.queueOf(name);
    if (!(await isRepeated(queue, name, every)))
      await queue.upsertJobScheduler(name, { every }, { name, data: {}, opts: forget });
  }

  /** Ends the repeating jobs of a queue, but one. Earlier releases gave other names. */
  async endOthers(name: JobName, kept: boolean): Promise<void> {
    const queue = this.queueOf(name);
    for (const { key } of await queue.getJobSchedulers())
      if (!kept || key !== name) await queue.removeJobScheduler(key);
  }

  /** Counts the jobs of each queue by their state. */
  states(): Promise<{ name: JobName; waiting: number; active: number; delayed: number; failed: number }[]> {
    return Promise.all(
      [...this.queues].map(async ([name, queue]) => {
        const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
        const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
        return { name, waiting, active, delayed, failed };
      }),
    );
  }

  /** Returns why jobs of each queue failed, the newest first, a few of each. */
  async failures(): Promise<{ name: JobName; reason: string; at: number }[]> {
    const failed = await Promise.all(
      [...this.queues].map(async ([name, queue]) => {
        const jobs = await queue.getFailed(0, FAILURES_SHOWN - 1);
        return jobs.map(({ failedReason, finishedOn, timestamp }) => ({
          name,
          reason: (failedReason ?? '').slice(0, REASON_SHOWN),
          at: finishedOn ?? timestamp,
        }));
      }),
    );
    return failed.flat().toSorted((a, b) => b.at - a.at);
  }

  /** Runs the failed jobs of one queue again. */
  async retry(name: JobName): Promise<void> {
    await this.queueOf(name).retryJobs({ state: 'failed', count: RETRIED_AT_ONCE });
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  private queueOf(name: JobName): Queue {
    return this.queues.get(name) as Queue;
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
