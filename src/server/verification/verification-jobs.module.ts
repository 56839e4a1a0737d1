import { Logger, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { Guard } from '../transparency/guard.js';
import { AuditJournal } from './audit/audit-journal.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditLogProcessor } from './audit/audit-log.processor.js';
import { AuditNew } from './audit/audit-new.js';
import { ExamineInPlace } from './audit/examine-in-place.js';
import { ReadGuard } from './audit/tree/read-guard.js';
import { StoreAudit } from './audit/store-audit.js';
import { JudgeDeadlines } from './judging/judge-deadlines.js';
import { JudgeDeadlinesProcessor } from './judging/judge-deadlines.processor.js';
import { JudgingMetrics } from './judging/judging-metrics.js';
import { ReEvaluate } from './judging/re-evaluate.js';
import { VerifyEntries } from './judging/verify-entries.js';
import { VerifyEntriesProcessor } from './judging/verify-entries.processor.js';
import { VerificationModule } from './verification.module.js';

const logger = new Logger('verification');

/** Judges new entries and due deadlines, and audits the stored log. */
@Module({
  imports: [DatabaseModule, HttpModule, LedgerModule, QueueModule, VerificationModule],
  providers: [
    AuditJournal,
    AuditLog,
    AuditLogProcessor,
    AuditNew,
    ExamineInPlace,
    JudgeDeadlines,
    JudgeDeadlinesProcessor,
    JudgingMetrics,
    ReEvaluate,
    StoreAudit,
    VerifyEntries,
    VerifyEntriesProcessor,
    {
      provide: ReadGuard,
      inject: [Config],
      useFactory: ({ guardFile, origin }: Config) =>
        new ReadGuard(new Guard(guardFile, origin), ({ message }) => logger.warn(message)),
    },
  ],
})
export class VerificationJobsModule {}
