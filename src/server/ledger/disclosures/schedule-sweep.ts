import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { RepeatingJobs } from '../../queue/repeating-jobs.js';

export const SWEEP_QUEUE = 'sweeps';
/** Interval between sweeps after erasures, ms. */
const INTERVAL = 60_000;

/** Schedules the removal of erased data from the database's files. */
@Injectable()
export class ScheduleSweep extends RepeatingJobs {
  constructor(@InjectQueue(SWEEP_QUEUE) private readonly queue: Queue) {
    super();
  }

  protected begin(): Promise<void> {
    return this.repeat(this.queue, 'sweep', INTERVAL);
  }
}
