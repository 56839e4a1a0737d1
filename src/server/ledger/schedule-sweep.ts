import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { KeepsJobs } from '../queue/keeps-jobs.js';

export const SWEEP_QUEUE = 'sweeps';
/** Between two looks at what was erased, ms. */
const INTERVAL = 60_000;

/** Has what was erased removed from the files of the database too. */
@Injectable()
export class ScheduleSweep extends KeepsJobs {
  constructor(@InjectQueue(SWEEP_QUEUE) private readonly queue: Queue) {
    super();
  }

  protected begin(): Promise<void> {
    return this.repeat(this.queue, 'sweep', INTERVAL);
  }
}
