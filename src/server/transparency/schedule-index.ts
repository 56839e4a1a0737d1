import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { Config } from '../config/config.js';
import { RepeatingJobs } from '../queue/repeating-jobs.js';

export const INDEX_QUEUE = 'index';

/** Schedules the sealing of the index. */
@Injectable()
export class ScheduleIndex extends RepeatingJobs {
  constructor(
    private readonly config: Config,
    @InjectQueue(INDEX_QUEUE) private readonly queue: Queue,
  ) {
    super();
  }

  protected begin(): Promise<void> {
    return this.repeat(this.queue, 'seal', this.config.indexIntervalSeconds * 1_000);
  }
}
