import { JobProcessor, QueueWorker } from '../queue/queue-worker.js';
import { SealIndex } from './seal-index.js';

@JobProcessor('seal')
export class SealIndexProcessor extends QueueWorker {
  constructor(private readonly index: SealIndex) {
    super('seal');
  }

  protected async run(): Promise<null> {
    await this.index.seal();
    return null;
  }
}
