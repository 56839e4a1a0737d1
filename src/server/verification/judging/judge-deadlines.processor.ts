import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../../queue/queue-worker.js';
import { JudgeDeadlines } from './judge-deadlines.js';
import { DEADLINES_QUEUE } from '../queues.js';

@Processor(DEADLINES_QUEUE)
export class JudgeDeadlinesProcessor extends QueueWorker {
  constructor(private readonly deadlines: JudgeDeadlines) {
    super('verification', 'watching deadlines');
  }

  async process(): Promise<void> {
    await this.deadlines.judge();
  }
}
