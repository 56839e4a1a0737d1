import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { KeepsJobs } from '../queue/keeps-jobs.js';

/** How often somebody looks for what is to be said by now: growth, silences that have ended, jobs that were lost, ms. */
const SWEEP = 5_000;

@Injectable()
export class KeepTelling extends KeepsJobs {
  constructor(@InjectQueue('alerts') private readonly alerts: Queue) {
    super();
  }

  protected async begin(): Promise<void> {
    await this.repeat(this.alerts, 'sweep', SWEEP);
    // Findings may have changed while nobody was there to hear it.
    await this.wake(this.alerts, 'findings');
  }
}
