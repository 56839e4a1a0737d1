import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { KeepsJobs } from '../queue/keeps-jobs.js';
import { DeliverAlert } from './deliver-alert.js';

/** How often somebody looks for deliveries whose job was lost, ms. */
const SWEEP = 10_000;
/** Lost deliveries taken up in one sweep. */
const SWEEP_LIMIT = 1_000;
const forget = { removeOnComplete: true, removeOnFail: 100 };

/** Wakes the deliverers. What is due stands in the table; a job only says that it is worth looking. */
@Injectable()
export class QueueDeliveries extends KeepsJobs {
  constructor(
    @InjectQueue('deliveries') private readonly queue: Queue,
    @InjectQueue('alerts') private readonly alerts: Queue,
    private readonly deliver: DeliverAlert,
  ) {
    super();
  }

  protected async begin(): Promise<void> {
    await this.repeat(this.queue, 'sweep', SWEEP);
    // Findings may have changed while nobody was there to hear it.
    await this.wake(this.alerts, 'findings');
  }

  async now(ids: readonly string[]): Promise<void> {
    await this.queue.addBulk(ids.map((id) => ({ name: 'deliver', data: { id }, opts: forget })));
  }

  async later(id: string, delay: number): Promise<void> {
    await this.queue.add('deliver', { id }, { ...forget, delay });
  }

  async overdue(): Promise<void> {
    await this.now(await this.deliver.due(SWEEP_LIMIT));
  }
}
