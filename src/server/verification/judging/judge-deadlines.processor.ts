import { JobProcessor, QueueWorker } from '../../queue/queue-worker.js';
import { JudgeDeadlines } from './judge-deadlines.js';

@JobProcessor('deadlines')
export class JudgeDeadlinesProcessor extends QueueWorker {
  constructor(private readonly deadlines: JudgeDeadlines) {
    super('deadlines');
  }

  protected async run(): Promise<null> {
    await this.deadlines.judge();
    return null;
  }
}
