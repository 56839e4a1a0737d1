import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { RepeatingJobs } from '../queue/repeating-jobs.js';
import { DeliverDue } from './deliver-due.js';

/** Interval of the sweep for deliveries whose job was lost, ms. */
const SWEEP = 5_000;
const forget = { removeOnComplete: true, removeOnFail: 100 };

/** Wakes the delivery for notifications written while the service was stopped and for due retries. */
@Injectable()
export class DeliveryJobs extends RepeatingJobs {
  private readonly log = new Logger('delivery');

  constructor(
    @InjectQueue('deliveries') private readonly queue: Queue,
    deliver: DeliverDue,
  ) {
    super();
    deliver.onLater((subscription, wait) => void this.later(subscription, wait));
  }

  protected async begin(): Promise<void> {
    await this.repeat(this.queue, 'sweep', SWEEP);
    await this.wake(this.queue, 'route');
  }

  /** The sweep finds retries whose job is lost. */
  private async later(subscription: string, delay: number): Promise<void> {
    await this.queue
      .add('deliver', { subscription }, { ...forget, delay })
      .catch((err: unknown) => this.log.warn({ msg: 'a retry could not be enqueued; the sweep finds it', err }));
  }
}
