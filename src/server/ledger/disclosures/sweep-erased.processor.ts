import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../../queue/queue-worker.js';
import { SWEEP_QUEUE } from './schedule-sweep.js';
import { SweepErased } from './sweep-erased.js';

@Processor(SWEEP_QUEUE)
export class SweepErasedProcessor extends QueueWorker {
  constructor(private readonly sweeping: SweepErased) {
    super('ledger', 'removing what was erased');
  }

  async process(): Promise<void> {
    await this.sweeping.sweep();
  }
}
