import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { CollectCosignatures } from './collect-cosignatures.js';
import { WITNESS_QUEUE } from './schedule-witnesses.js';

@Processor(WITNESS_QUEUE)
export class CollectCosignaturesProcessor extends QueueWorker {
  constructor(private readonly cosignatures: CollectCosignatures) {
    super('transparency', 'asking the witnesses');
  }

  async process(): Promise<void> {
    await this.cosignatures.collect();
  }
}
