import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { AdmitOnSnapshot } from './append/admit-on-snapshot.js';
import { Sequencer } from './append/sequencer.js';
import { AdmissionQueue } from './intake/admission-queue.js';
import { AnswerEvents } from './intake/answer-events.js';
import { CheckBatch } from './intake/check-batch.js';
import { CheckThreads, SharedThreads } from './intake/check-threads.js';
import { DryRun } from './intake/dry-run.js';
import { DryRunController } from './intake/dry-run.controller.js';
import { GateRoutes } from './intake/gate-routes.js';
import { LedgerController } from './intake/ledger.controller.js';
import { ListWaiting } from './intake/list-waiting.js';
import { ReadDrafts } from './intake/read-drafts.js';
import { ReceiveEvents } from './intake/receive-events.js';
import { RecordBatch } from './intake/record-batch.js';
import { RefuseEarly } from './intake/refuse-early.js';
import { WaitingController } from './intake/waiting.controller.js';
import { KeyRing } from './key-ring.js';
import { LedgerIdentity } from './ledger-identity.js';
import { LedgerModule } from './ledger.module.js';
import { DescribeLedger } from './read/describe-ledger.js';
import { LedgerMetrics } from './read/ledger-metrics.js';
import { ReadEvent } from './read/read-event.js';
import { ReadReceipt } from './read/read-receipt.js';

/** Receives, checks and sequences events, and serves the log. */
@Module({
  imports: [DatabaseModule, HttpModule, LedgerModule],
  controllers: [LedgerController, DryRunController, WaitingController],
  providers: [
    AdmitOnSnapshot,
    AnswerEvents,
    CheckBatch,
    DescribeLedger,
    DryRun,
    GateRoutes,
    KeyRing,
    LedgerMetrics,
    ListWaiting,
    ReadDrafts,
    ReadEvent,
    ReadReceipt,
    ReceiveEvents,
    RecordBatch,
    RefuseEarly,
    Sequencer,
    {
      provide: CheckThreads,
      inject: [LedgerIdentity, Config, { token: SharedThreads, optional: true }],
      useFactory: ({ origin }: LedgerIdentity, { verifyThreads }: Config, shared?: SharedThreads) =>
        shared?.of(origin, verifyThreads) ?? new CheckThreads(origin, verifyThreads),
    },
    {
      provide: AdmissionQueue,
      inject: [Config],
      useFactory: ({ appendQueue }: Config) => new AdmissionQueue(appendQueue),
    },
  ],
  exports: [DescribeLedger, ReadEvent],
})
export class LedgerHttpModule {}
