import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';

/** What takes the jobs of one queue. `@Processor(queue)` on the class that extends it names the queue. */
export abstract class QueueWorker extends WorkerHost implements BeforeApplicationShutdown {
  private readonly logger: Logger;

  /** @param room whose log it writes to; @param task what failed when the worker meets an error, in words. */
  constructor(
    room: string,
    private readonly task: string,
  ) {
    super();
    this.logger = new Logger(room);
  }

  @OnWorkerEvent('error')
  failed(err: Error): void {
    this.logger.error({ msg: `a worker met an error: ${this.task}`, err });
  }

  /**
   * Ends before any queue is closed: a job that wakes another queue would wait for ever on one that is closed already,
   * and the worker for its job.
   */
  async beforeApplicationShutdown(): Promise<void> {
    await this.started()?.close();
  }

  /** Null where processors lie still (`QueueModule`). */
  private started(): Worker | null {
    try {
      return this.worker;
    } catch {
      return null;
    }
  }
}
