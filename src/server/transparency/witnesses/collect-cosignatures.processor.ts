import { JobProcessor, QueueWorker } from '../../queue/queue-worker.js';
import { CollectCosignatures } from './collect-cosignatures.js';

@JobProcessor('collect')
export class CollectCosignaturesProcessor extends QueueWorker {
  constructor(private readonly cosignatures: CollectCosignatures) {
    super('collect');
  }

  protected async run(): Promise<null> {
    await this.cosignatures.collect();
    return null;
  }
}
