import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { RepeatingJobs } from '../queue/repeating-jobs.js';

/** Interval of the sweep for due notifications: growth, ended silences, lost jobs, ms. */
const SWEEP = 5_000;

@Injectable()
export class NotificationJobs extends RepeatingJobs {
  constructor(@InjectQueue('alerts') private readonly alerts: Queue) {
    super();
  }

  protected async begin(): Promise<void> {
    await this.repeat(this.alerts, 'sweep', SWEEP);
    // Findings may have changed while the service was stopped.
    await this.wake(this.alerts, 'findings');
  }
}
