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
import { Database } from '../database/database.js';
import { Admission } from '../http/admission.js';
import { HealthRegistry } from '../http/health.js';
import { AdmitBatch } from './admit-batch.js';
import { AnswerEvents } from './answer-events.js';
import { AdmissionQueue } from './admission-queue.js';
import { AppendEvents } from './append-events.js';
import { CheckThreads } from './check-threads.js';
import { Crash } from './crash-points.js';
import { DescribeLedger } from './describe-ledger.js';
import { KeyRing } from './key-ring.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerIdentity } from './ledger-identity.js';
import { LedgerMetrics } from './ledger-metrics.js';
import { LogClock } from './log-clock.js';
import { LogEvents } from './log-events.js';
import { ListWaiting } from './list-waiting.js';
import { ReadEvent } from './read-event.js';
import { ReadLog } from './read-log.js';
import { ReadReceipt } from './read-receipt.js';
import { ReadTree } from './read-tree.js';
import { ReceiveEvents } from './receive-events.js';
import { RecordBatch } from './record-batch.js';
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
  AnswerEvents,
  DescribeLedger,
  KeyRing,
  LedgerMetrics,
  ListWaiting,
  ReadEvent,
  ReadReceipt,
  RecordBatch,
  Sequencer,
  {
    provide: CheckThreads,
    inject: [LedgerIdentity, Config],
    useFactory: ({ origin }: LedgerIdentity, { verifyThreads }: Config) => new CheckThreads(origin, verifyThreads),
  },
  {
    provide: ReceiveEvents,
    inject: [Database, LedgerIdentity, KeyRing, CheckThreads, ReadTree, Sequencer, Crash, Config],
    useFactory: (
      database: Database,
      identity: LedgerIdentity,
      keys: KeyRing,
      threads: CheckThreads,
      tree: ReadTree,
      sequencer: Sequencer,
      crash: Crash,
      { appendQueue }: Config,
    ) => new ReceiveEvents(database, identity, keys, threads, tree, sequencer, crash, new AdmissionQueue(appendQueue)),
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
      controllers: answersHttp ? [LedgerController, WaitingController, StartController] : [],
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
    admission.register('POST /v1/events', () => door.refusal());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.door.close();
  }

  async onApplicationShutdown(): Promise<void> {
    this.wake.close();
    await this.threads.close();
  }
}
