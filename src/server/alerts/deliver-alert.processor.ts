import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { DeliverAlert } from './deliver-alert.js';
import { QueueDeliveries } from './queue-deliveries.js';

/** Deliveries under way at once: a receiver that is slow to answer keeps one place, not the queue. */
const AT_ONCE = 50;

@Processor('deliveries', { concurrency: AT_ONCE })
export class DeliverAlertProcessor extends WorkerHost {
  private readonly logger = new Logger('alerts');

  constructor(
    private readonly deliver: DeliverAlert,
    private readonly deliveries: QueueDeliveries,
  ) {
    super();
  }

  async process(job: Job<{ id?: string }>): Promise<void> {
    if (job.data.id === undefined) return this.deliveries.overdue();
    const next = await this.deliver.deliver(job.data.id);
    if (next !== null) await this.deliveries.later(job.data.id, next);
  }

  @OnWorkerEvent('error')
  failed(err: Error): void {
    this.logger.error({ msg: 'a delivery job failed', err });
  }
}
