import { getQueueToken } from '@nestjs/bullmq';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Logger,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import type { Queue } from 'bullmq';
import { AditError } from '../../core/errors.js';
import { Config } from '../config.js';
import { Admission } from '../http/admission.js';
import { HealthRegistry } from '../http/health.js';
import { AdmitBatch } from './admit-batch.js';
import { AdmitOnSnapshot } from './admit-on-snapshot.js';
import { AnswerEvents } from './answer-events.js';
import { AdmissionQueue } from './admission-queue.js';
import { AppendEvents } from './append-events.js';
import { CheckAtDoor } from './check-at-door.js';
import { CheckThreads } from './check-threads.js';
import { Crash } from './crash-points.js';
import { DescribeLedger } from './describe-ledger.js';
import { DryRun } from './dry-run.js';
import { DryRunController } from './dry-run.controller.js';
import { KeyRing } from './key-ring.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerIdentity } from './ledger-identity.js';
import { LedgerMetrics } from './ledger-metrics.js';
import { LogClock } from './log-clock.js';
import { LogEvents } from './log-events.js';
import { ListWaiting } from './list-waiting.js';
import { ReadDrafts } from './read-drafts.js';
import { ReadEvent } from './read-event.js';
import { ReadLog } from './read-log.js';
import { ReadReceipt } from './read-receipt.js';
import { ReadTree } from './read-tree.js';
import { ReceiveEvents } from './receive-events.js';
import { RecordBatch } from './record-batch.js';
import { RefuseAtDoor } from './refuse-at-door.js';
import { ScheduleSweep } from './schedule-sweep.js';
import { Sequencer } from './sequencer.js';
import { SweepErased } from './sweep-erased.js';
import { SweepErasedProcessor } from './sweep-erased.processor.js';
import { StartController } from './start.controller.js';
import { WaitingController } from './waiting.controller.js';
import { WakeVerification } from './wake-verification.js';

const logger = new Logger('ledger');
/** Completed wake-ups are deleted, because they carry no data. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

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
  {
    provide: WakeVerification,
    inject: [getQueueToken('verification')],
    useFactory: (queue: Queue) =>
      new WakeVerification(
        () => queue.add('append', {}, forget),
        (error) => logger.error({ msg: 'the verifiers could not be woken', err: error }),
      ),
  },
];

/** Providers between HTTP and the sequencer. */
const doorway: Provider[] = [
  AdmitOnSnapshot,
  AnswerEvents,
  CheckAtDoor,
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
  RefuseAtDoor,
  Sequencer,
  {
    provide: CheckThreads,
    inject: [LedgerIdentity, Config],
    useFactory: ({ origin }: LedgerIdentity, { verifyThreads }: Config) => new CheckThreads(origin, verifyThreads),
  },
  {
    provide: AdmissionQueue,
    inject: [Config],
    useFactory: ({ appendQueue }: Config) => new AdmissionQueue(appendQueue),
  },
];

export interface LedgerOptions {
  /** Whether this process sweeps up after erasures. */
  runsJobs: boolean;
  answersHttp: boolean;
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

  static forRoot(identity: LedgerIdentity, { runsJobs, answersHttp }: LedgerOptions): DynamicModule {
    return {
      module: answersHttp ? LedgerWithDoor : LedgerModule,
      global: true,
      controllers: answersHttp ? [LedgerController, DryRunController, WaitingController, StartController] : [],
      providers: [
        { provide: LedgerIdentity, useValue: identity },
        ...log,
        ...(answersHttp ? doorway : []),
        ...(runsJobs ? [SweepErased, ScheduleSweep, SweepErasedProcessor] : []),
      ],
      exports: [LedgerIdentity, AppendEvents, Crash, LogClock, LogEvents, ReadLog, ReadTree],
    };
  }
}

/** Stops accepting events before its dependencies are closed. */
@Module({})
export class LedgerWithDoor extends LedgerModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    identity: LedgerIdentity,
    entries: ReadLog,
    health: HealthRegistry,
    private readonly door: ReceiveEvents,
    private readonly threads: CheckThreads,
    private readonly wake: WakeVerification,
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
    this.wake.close();
    await this.threads.close();
  }
}
