import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { CollectCosignatures } from './collect-cosignatures.js';
import { WITNESS_QUEUE } from './schedule-witnesses.js';

// Readers wait for this job, so a job of a killed process restarts within 15 s and not within a minute.
@Processor(WITNESS_QUEUE, { lockDuration: 10_000, stalledInterval: 5_000 })
export class CollectCosignaturesProcessor extends QueueWorker {
  constructor(private readonly cosignatures: CollectCosignatures) {
    super('transparency', 'asking the witnesses');
  }

  async process(): Promise<void> {
    await this.cosignatures.collect();
  }
}
