import { Processor } from '@nestjs/bullmq';
import { jobKinds } from '../queue/jobs.js';
import { QueueWorker } from '../queue/queue-worker.js';
import { SealIndex } from './seal-index.js';

@Processor(jobKinds.seal.queue)
export class SealIndexProcessor extends QueueWorker {
  constructor(private readonly index: SealIndex) {
    super('seal');
  }

  protected async run(): Promise<null> {
    await this.index.seal();
    return null;
  }
}
