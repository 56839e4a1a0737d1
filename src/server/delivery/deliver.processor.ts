import type { JobData } from '../queue/jobs.js';
import { JobProcessor, QueueWorker } from '../queue/queue-worker.js';
import { DeliverDue } from './deliver-due.js';
import { RouteNotices } from './route-notices.js';

/** Wakes the delivery. The database has the due messages, so a job carries none. */
@JobProcessor('deliver')
export class DeliverProcessor extends QueueWorker {
  constructor(
    private readonly notices: RouteNotices,
    private readonly deliver: DeliverDue,
  ) {
    super('deliver');
    deliver.onLater((subscription, wait) => void this.jobs.wake('deliver', wait, { subscription }));
  }

  protected async run({ subscription }: JobData): Promise<null> {
    if (subscription !== undefined) this.deliver.serve(subscription);
    else {
      await this.notices.route();
      await this.deliver.serveDue();
    }
    return null;
  }
}
