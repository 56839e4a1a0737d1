import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { AlertFeed } from './alert-feed.js';
import { AlertMetrics } from './alert-metrics.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsModule } from './alerts.module.js';
import { ListAlerts } from './list-alerts.js';
import { SilenceAlerts } from './silence-alerts.js';
import { SilencesController } from './silences.controller.js';
import { StreamPlaces } from './stream-places.js';

/** Lists and streams alerts, and silences them. */
@Module({
  imports: [AlertsModule, DatabaseModule, HttpModule, JournalModule, QueueModule],
  controllers: [AlertsController, SilencesController],
  providers: [AlertFeed, AlertMetrics, ListAlerts, SilenceAlerts, StreamPlaces],
  exports: [ListAlerts, SilenceAlerts],
})
export class AlertsHttpModule {}
