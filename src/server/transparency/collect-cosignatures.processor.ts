import { Processor } from '@nestjs/bullmq';
import { jobKinds } from '../queue/jobs.js';
import { QueueWorker } from '../queue/queue-worker.js';
import { CollectCosignatures } from './collect-cosignatures.js';

// Readers wait for this job, so a job of a killed process restarts within 15 s and not within a minute.
@Processor(jobKinds.collect.queue, { lockDuration: 10_000, stalledInterval: 5_000 })
export class CollectCosignaturesProcessor extends QueueWorker {
  constructor(private readonly cosignatures: CollectCosignatures) {
    super('collect');
  }

  protected async run(): Promise<null> {
    await this.cosignatures.collect();
    return null;
  }
}
