import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { RouteNotices } from './route-notices.js';

/** Finds the subscribers of notifications, and counts deliveries. */
@Module({
  imports: [DatabaseModule, HttpModule, JournalModule],
  providers: [DeliveryMetrics, RouteNotices],
  exports: [DeliveryMetrics, RouteNotices],
})
export class DeliveryModule {}
