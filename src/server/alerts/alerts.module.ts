import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { ChangeAlert } from './change-alert.js';

/** Records what people decide about alerts. */
@Module({ imports: [DatabaseModule, JournalModule, QueueModule], providers: [ChangeAlert], exports: [ChangeAlert] })
export class AlertsModule {}
