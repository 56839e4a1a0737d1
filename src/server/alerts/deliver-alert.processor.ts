import { Processor } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { DeliverAlert } from './deliver-alert.js';
import { QueueDeliveries } from './queue-deliveries.js';

/** Deliveries under way at once: a receiver that is slow to answer keeps one place, not the queue. */
const AT_ONCE = 50;

@Processor('deliveries', { concurrency: AT_ONCE })
export class DeliverAlertProcessor extends QueueWorker {
  constructor(
    private readonly deliver: DeliverAlert,
    private readonly deliveries: QueueDeliveries,
  ) {
    super('alerts', 'a delivery');
  }

  async process(job: Job<{ id?: string }>): Promise<void> {
    if (job.data.id === undefined) return this.deliveries.overdue();
    const next = await this.deliver.deliver(job.data.id);
    if (next !== null) await this.deliveries.later(job.data.id, next);
  }
}
