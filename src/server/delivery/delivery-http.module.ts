import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveryModule } from './delivery.module.js';
import { ListDeliveries } from './list-deliveries.js';
import { Redeliver } from './redeliver.js';
import { Subscribe } from './subscriptions/subscribe.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';

/** Registers subscribers, and lists their deliveries. */
@Module({
  imports: [AlertsModule, DatabaseModule, DeliveryModule, JournalModule, QueueModule],
  controllers: [SubscriptionsController, DeliveriesController],
  providers: [ListDeliveries, Redeliver, Subscribe],
  exports: [ListDeliveries, Subscribe],
})
export class DeliveryHttpModule {}
