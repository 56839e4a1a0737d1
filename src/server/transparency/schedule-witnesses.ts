import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { Config } from '../config/config.js';
import { RepeatingJobs } from '../queue/repeating-jobs.js';

export const WITNESS_QUEUE = 'witnesses';

/** Schedules the requests to the witnesses. */
@Injectable()
export class ScheduleWitnesses extends RepeatingJobs {
  constructor(
    private readonly config: Config,
    @InjectQueue(WITNESS_QUEUE) private readonly queue: Queue,
  ) {
    super();
  }

  protected begin(): Promise<void> {
    return this.repeat(this.queue, 'collect', this.config.witnessIntervalSeconds * 1_000);
  }
}
