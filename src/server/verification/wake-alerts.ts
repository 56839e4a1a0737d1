import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { ALERTS_QUEUE } from './queues.js';

/** Tells `alerts` that findings have changed. What it must tell whom it reads itself, so a job that is lost loses nothing. */
@Injectable()
export class WakeAlerts {
  private readonly logger = new Logger('verification');

  constructor(@InjectQueue(ALERTS_QUEUE) private readonly queue: Queue) {}

  async wake(): Promise<void> {
    try {
      await this.queue.add('findings', {}, { removeOnComplete: true, removeOnFail: 100 });
    } catch (error) {
      this.logger.error({ msg: 'alerts could not be woken', err: error });
    }
  }
}
