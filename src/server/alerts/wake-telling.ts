import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';

const forget = { removeOnComplete: true, removeOnFail: 100 };

/**
 * Tells the worker that there is something to say of an alert. What it is stands in the table, so a job that is lost loses
 * nothing: the next sweep finds it.
 */
@Injectable()
export class WakeTelling {
  private readonly logger = new Logger('alerts');

  constructor(@InjectQueue('alerts') private readonly queue: Queue) {}

  async wake(): Promise<void> {
    await this.queue
      .add('tell', {}, forget)
      .catch((err: unknown) => this.logger.warn({ msg: 'alerts could not be woken', err }));
  }
}
