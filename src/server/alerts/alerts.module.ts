import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AlertSight } from './alert-sight.js';
import { ChangeAlert } from './change-alert.js';

/** Records what people decide about alerts, and decides who sees which. */
@Module({
  imports: [DatabaseModule, JournalModule, LedgerModule, QueueModule],
  providers: [AlertSight, ChangeAlert],
  exports: [AlertSight, ChangeAlert],
})
export class AlertsModule {}
