import { JobProcessor, QueueWorker } from '../queue/queue-worker.js';
import { NotifyAlerts } from './notify-alerts.js';
import { RaiseAlerts } from './raise-alerts.js';

/** Shortest time between two runs for due notifications, ms. */
const PAUSE = 20;
/** Time after which the repeating job finds a due notification, ms. */
const NEAR = 5_000;

@JobProcessor('raise')
export class RaiseAlertsProcessor extends QueueWorker {
  constructor(
    private readonly alerts: RaiseAlerts,
    private readonly notifying: NotifyAlerts,
  ) {
    super('raise');
  }

  protected async run(): Promise<number | null> {
    await this.alerts.raise();
    if ((await this.notifying.notifyDue()) > 0) await this.jobs.wake('deliver');
    const wait = await this.notifying.untilNext();
    return wait === null || wait >= NEAR ? null : Math.max(wait, PAUSE);
  }
}
