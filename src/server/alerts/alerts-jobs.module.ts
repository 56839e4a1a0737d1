import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { NotifyAlerts } from './notify-alerts.js';
import { RaiseAlerts } from './raise-alerts.js';
import { RaiseAlertsProcessor } from './raise-alerts.processor.js';

/** Groups findings into alerts, and writes the notifications that are due. */
@Module({
  imports: [DatabaseModule, JournalModule, QueueModule],
  providers: [NotifyAlerts, RaiseAlerts, RaiseAlertsProcessor],
})
export class AlertsJobsModule {}
