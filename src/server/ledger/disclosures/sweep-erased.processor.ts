import { Processor } from '@nestjs/bullmq';
import { jobKinds } from '../../queue/jobs.js';
import { QueueWorker } from '../../queue/queue-worker.js';
import { SweepErased } from './sweep-erased.js';

@Processor(jobKinds.sweep.queue)
export class SweepErasedProcessor extends QueueWorker {
  constructor(private readonly sweeping: SweepErased) {
    super('sweep');
  }

  protected async run(): Promise<null> {
    await this.sweeping.sweep();
    return null;
  }
}
