import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { SweepErased } from './disclosures/sweep-erased.js';
import { SweepErasedProcessor } from './disclosures/sweep-erased.processor.js';

/** Removes what was erased. */
@Module({ imports: [DatabaseModule, QueueModule], providers: [SweepErased, SweepErasedProcessor] })
export class LedgerJobsModule {}
