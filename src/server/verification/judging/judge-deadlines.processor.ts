import { Processor } from '@nestjs/bullmq';
import { jobKinds } from '../../queue/jobs.js';
import { QueueWorker } from '../../queue/queue-worker.js';
import { JudgeDeadlines } from './judge-deadlines.js';

@Processor(jobKinds.deadlines.queue)
export class JudgeDeadlinesProcessor extends QueueWorker {
  constructor(private readonly deadlines: JudgeDeadlines) {
    super('deadlines');
  }

  protected async run(): Promise<null> {
    await this.deadlines.judge();
    return null;
  }
}
