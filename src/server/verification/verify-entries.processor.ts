import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { VerifyEntries } from './verify-entries.js';
import { VERIFICATION_QUEUE } from './queues.js';

@Processor(VERIFICATION_QUEUE)
export class VerifyEntriesProcessor extends QueueWorker {
  constructor(private readonly entries: VerifyEntries) {
    super('verification', 'judging entries');
  }

  async process(): Promise<void> {
    await this.entries.verify();
  }
}
