import { JobProcessor, QueueWorker } from '../../queue/queue-worker.js';
import { SweepErased } from './sweep-erased.js';

@JobProcessor('sweep')
export class SweepErasedProcessor extends QueueWorker {
  constructor(private readonly sweeping: SweepErased) {
    super('sweep');
  }

  protected async run(): Promise<null> {
    await this.sweeping.sweep();
    return null;
  }
}
