import { InjectQueue, Processor } from '@nestjs/bullmq';
import type { OnModuleDestroy } from '@nestjs/common';
import { Queue } from 'bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { RaiseAlerts } from './raise-alerts.js';
import { NotifyAlerts } from './notify-alerts.js';

const forget = { removeOnComplete: true, removeOnFail: 100 };
/** Delay up to which the job waits for the next due notification, ms; the sweep finds later ones. */
const NEAR = 3_000;

@Processor('alerts')
export class RaiseAlertsProcessor extends QueueWorker implements OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly alerts: RaiseAlerts,
    private readonly notifying: NotifyAlerts,
    @InjectQueue('deliveries') private readonly deliveries: Queue,
  ) {
    super('alerts', 'raising alerts');
  }

  /** Ends the running job: while alerts keep coming it does not end by itself, and the worker's stop waits for it. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async process(): Promise<void> {
    for (
      let wait: number | null = 0;
      wait !== null && wait < NEAR && !this.stopping;
      wait = await this.notifying.untilNext()
    ) {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.max(wait ?? 0, 20)));
      await this.alerts.raise();
      if ((await this.notifying.notifyDue()) > 0) await this.deliveries.add('route', {}, forget);
    }
  }
}
