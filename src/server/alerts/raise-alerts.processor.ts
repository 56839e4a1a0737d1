import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { QueueDeliveries } from './queue-deliveries.js';
import { RaiseAlerts } from './raise-alerts.js';

@Processor('alerts')
export class RaiseAlertsProcessor extends QueueWorker {
  constructor(
    private readonly alerts: RaiseAlerts,
    private readonly deliveries: QueueDeliveries,
  ) {
    super('alerts', 'raising alerts');
  }

  async process(): Promise<void> {
    await this.deliveries.now(await this.alerts.raise());
  }
}
