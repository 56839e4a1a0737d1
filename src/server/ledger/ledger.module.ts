import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Config } from '../config/config.js';
import { Admission } from '../http/admission.js';
import { HealthRegistry } from '../http/health.js';
import { AdmitBatch } from './append/admit-batch.js';
import { AdmitOnSnapshot } from './append/admit-on-snapshot.js';
import { AnswerEvents } from './intake/answer-events.js';
import { AdmissionQueue } from './intake/admission-queue.js';
import { AppendEvents } from './append/append-events.js';
import { CheckBatch } from './intake/check-batch.js';
import { CheckThreads } from './intake/check-threads.js';
import { Crash } from './append/crash-points.js';
import { DescribeLedger } from './read/describe-ledger.js';
import { DryRun } from './intake/dry-run.js';
import { DryRunController } from './intake/dry-run.controller.js';
import { KeyRing } from './key-ring.js';
import { LedgerController } from './intake/ledger.controller.js';
import { LedgerIdentity } from './ledger-identity.js';
import { LedgerMetrics } from './read/ledger-metrics.js';
import { LogClock } from './append/log-clock.js';
import { LogEvents } from './append/log-events.js';
import { ListWaiting } from './intake/list-waiting.js';
import { ReadDrafts } from './intake/read-drafts.js';
import { ReadEvent } from './read/read-event.js';
import { ReadLog } from './read/read-log.js';
import { ReadReceipt } from './read/read-receipt.js';
import { ReadTree } from './read/read-tree.js';
import { ReceiveEvents } from './intake/receive-events.js';
import { RecordBatch } from './intake/record-batch.js';
import { RefuseEarly } from './intake/refuse-early.js';
import { Sequencer } from './append/sequencer.js';
import { SweepErased } from './disclosures/sweep-erased.js';
import { SweepErasedProcessor } from './disclosures/sweep-erased.processor.js';
import { StartController } from './read/start.controller.js';
import { WaitingController } from './intake/waiting.controller.js';

/** Providers that append, read and replay, in every process, because workers append clock entries too. */
const log: Provider[] = [
  AdmitBatch,
  AppendEvents,
  LogEvents,
  ReadLog,
  ReadTree,
  { provide: Crash, inject: [Config], useFactory: ({ crashAt }: Config) => new Crash(crashAt) },
  {
    provide: LogClock,
    inject: [AppendEvents, Config],
    useFactory: (append: AppendEvents, { clockIntervalSeconds }: Config) =>
      new LogClock(append, clockIntervalSeconds * 1_000),
  },
];

/** Providers between HTTP and the sequencer. */
const doorway: Provider[] = [
  AdmitOnSnapshot,
  AnswerEvents,
  CheckBatch,
  DescribeLedger,
  DryRun,
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
    provide: AdmissionQueue,
    inject: [Config],
    useFactory: ({ appendQueue }: Config) => new AdmissionQueue(appendQueue),
  },
];

const checkThreads = (shared?: CheckThreads): Provider => ({
  provide: CheckThreads,
  inject: [LedgerIdentity, Config],
  useFactory: ({ origin }: LedgerIdentity, { verifyThreads }: Config) =>
    shared ?? new CheckThreads(origin, verifyThreads),
});

export interface LedgerOptions {
  /** Whether this process sweeps up after erasures. */
  runsJobs: boolean;
  answersHttp: boolean;
  /** Threads that ledgers of one process share; default: threads of its own. */
  threads?: CheckThreads | undefined;
}

/** Receives, sequences, stores, projects and serves the events of the log. */
@Module({})
export class LedgerModule {
  /** Without the service key in force neither clock entries nor refusals can be signed. */
  constructor(identity: LedgerIdentity, entries: ReadLog, health: HealthRegistry) {
    health.register('service-key', async () => {
      try {
        identity.signer((await entries.head()).serviceKid);
        return null;
      } catch (error) {
        if (error instanceof AditError) return error.detail;
        throw error;
      }
    });
  }

  static forRoot(identity: LedgerIdentity, { runsJobs, answersHttp, threads }: LedgerOptions): DynamicModule {
    return {
      module: answersHttp ? LedgerWithDoor : LedgerModule,
      global: true,
      controllers: answersHttp ? [LedgerController, DryRunController, WaitingController, StartController] : [],
      providers: [
        { provide: LedgerIdentity, useValue: identity },
        ...log,
        ...(answersHttp ? [...doorway, checkThreads(threads)] : []),
        ...(runsJobs ? [SweepErased, SweepErasedProcessor] : []),
      ],
      exports: [LedgerIdentity, AppendEvents, Crash, LogClock, LogEvents, ReadLog, ReadTree],
    };
  }
}

/** Stops accepting events before its dependencies are closed. */
@Module({})
class LedgerWithDoor extends LedgerModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    identity: LedgerIdentity,
    entries: ReadLog,
    health: HealthRegistry,
    private readonly door: ReceiveEvents,
    private readonly threads: CheckThreads,
    admission: Admission,
  ) {
    super(identity, entries, health);
    for (const route of ['POST /v1/events', 'POST /v1/events/check', 'POST /v1/events/check/batch'])
      admission.register(route, () => door.refusal());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.door.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.close();
  }
}
