import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { AdmitBatch } from './append/admit-batch.js';
import { AppendEvents } from './append/append-events.js';
import { Crash } from './append/crash-points.js';
import { LogClock } from './append/log-clock.js';
import { LogEnd } from './append/log-state.js';
import { LogEvents } from './append/log-events.js';
import { LotRights } from './read/lot-rights.js';
import { ReadLog } from './read/read-log.js';
import { ReadTree } from './read/read-tree.js';
import { WatchServiceKey } from './read/watch-service-key.js';

/** Appends, stores and reads the log, in every process, because workers append clock entries too. */
@Module({
  imports: [DatabaseModule, HttpModule, QueueModule],
  providers: [
    AdmitBatch,
    AppendEvents,
    LogEnd,
    LogEvents,
    LotRights,
    ReadLog,
    ReadTree,
    WatchServiceKey,
    { provide: Crash, inject: [Config], useFactory: ({ crashAt }: Config) => new Crash(crashAt) },
    {
      provide: LogClock,
      inject: [AppendEvents, Config],
      useFactory: (append: AppendEvents, { clockIntervalSeconds }: Config) =>
        new LogClock(append, clockIntervalSeconds * 1_000),
    },
  ],
  exports: [AdmitBatch, AppendEvents, Crash, LogClock, LogEvents, LotRights, ReadLog, ReadTree],
})
export class LedgerModule {}
