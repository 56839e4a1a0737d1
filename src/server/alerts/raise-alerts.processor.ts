import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { QueueDeliveries } from './queue-deliveries.js';
import { RaiseAlerts } from './raise-alerts.js';

@Processor('alerts')
export class RaiseAlertsProcessor extends WorkerHost {
  private readonly logger = new Logger('alerts');

  constructor(
    private readonly alerts: RaiseAlerts,
    private readonly deliveries: QueueDeliveries,
  ) {
    super();
  }

  async process(): Promise<void> {
    await this.deliveries.now(await this.alerts.raise());
  }

  @OnWorkerEvent('error')
  failed(err: Error): void {
    this.logger.error({ msg: 'alerts could not be raised', err });
  }
}
