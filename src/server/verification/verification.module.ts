import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { AuditMetrics } from './audit/audit-metrics.js';
import { AuditOutcome } from './audit/audit-outcome.js';
import { ListAudits } from './audit/list-audits.js';
import { WatchCatalogue } from './audit/watch-catalogue.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ListFindings } from './findings/list-findings.js';
import { VerificationHealth } from './verification-health.js';
import { VerificationMetrics } from './verification-metrics.js';

/** Reads findings and the state of the audits. */
@Module({
  imports: [DatabaseModule, HttpModule, LedgerModule],
  providers: [
    AuditMetrics,
    AuditOutcome,
    ListAudits,
    ListFindings,
    VerificationHealth,
    VerificationMetrics,
    WatchCatalogue,
  ],
  exports: [AuditOutcome, ListAudits, ListFindings, VerificationMetrics, WatchCatalogue],
})
export class VerificationModule {}
