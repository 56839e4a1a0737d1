import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';

/** Processes the jobs of one queue. `@Processor(queue)` on the subclass names the queue. */
export abstract class QueueWorker extends WorkerHost implements BeforeApplicationShutdown {
  private readonly logger: Logger;

  /**
   * @param room name of the logger;
   * @param task text of the log message when the worker has an error.
   */
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
   * Stops before any queue is closed: a job that adds to a closed queue would wait without end, and so would the stop.
   */
  async beforeApplicationShutdown(): Promise<void> {
    await this.started()?.close();
  }

  /** Null if this process runs no processors (`QueueModule`). */
  private started(): Worker | null {
    try {
      return this.worker;
    } catch {
      return null;
    }
  }
}
