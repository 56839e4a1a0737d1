import { Processor } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { DeliverDue } from './deliver-due.js';
import { RouteNotices } from './route-notices.js';

/** Wakes the delivery. The database has the due messages, so a job carries none. */
@Processor('deliveries')
export class DeliverProcessor extends QueueWorker {
  constructor(
    private readonly notices: RouteNotices,
    private readonly deliver: DeliverDue,
  ) {
    super('delivery', 'a delivery');
  }

  async process(job: Job<{ subscription?: string }>): Promise<void> {
    const { subscription } = job.data;
    if (subscription !== undefined) return this.deliver.serve(subscription);
    await this.notices.route();
    await this.deliver.serveDue();
  }
}
