import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { SealIndex } from './seal-index.js';
import { INDEX_QUEUE } from './schedule-index.js';

@Processor(INDEX_QUEUE)
export class SealIndexProcessor extends QueueWorker {
  constructor(private readonly index: SealIndex) {
    super('transparency', 'sealing the index');
  }

  async process(): Promise<void> {
    await this.index.seal();
  }
}
