import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { VerifyEntries } from './verify-entries.js';
import { VERIFICATION_QUEUE } from './queues.js';

@Processor(VERIFICATION_QUEUE)
export class VerifyEntriesProcessor extends WorkerHost {
  private readonly logger = new Logger('verification');

  constructor(private readonly entries: VerifyEntries) {
    super();
  }

  async process(): Promise<void> {
    await this.entries.verify();
  }

  @OnWorkerEvent('error')
  failed(error: Error): void {
    this.logger.error({ msg: 'the worker that judges entries met an error', err: error });
  }
}
