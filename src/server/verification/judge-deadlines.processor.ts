import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { JudgeDeadlines } from './judge-deadlines.js';
import { DEADLINES_QUEUE } from './queues.js';

@Processor(DEADLINES_QUEUE)
export class JudgeDeadlinesProcessor extends WorkerHost {
  private readonly logger = new Logger('verification');

  constructor(private readonly deadlines: JudgeDeadlines) {
    super();
  }

  async process(): Promise<void> {
    await this.deadlines.judge();
  }

  @OnWorkerEvent('error')
  failed(error: Error): void {
    this.logger.error({ msg: 'the worker that watches deadlines met an error', err: error });
  }
}
