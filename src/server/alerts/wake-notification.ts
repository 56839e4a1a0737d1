import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';

const forget = { removeOnComplete: true, removeOnFail: 100 };

/**
 * Enqueues a job that writes due notifications. The database decides what is due, so a lost job delays
 * notifications until the next sweep, and loses none.
 */
@Injectable()
export class WakeNotification {
  private readonly logger = new Logger('alerts');

  constructor(@InjectQueue('alerts') private readonly queue: Queue) {}

  async wake(): Promise<void> {
    await this.queue
      .add('tell', {}, forget)
      .catch((err: unknown) => this.logger.warn({ msg: 'the job that notifies of alerts could not be enqueued', err }));
  }
}
