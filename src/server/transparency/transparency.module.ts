import { type DynamicModule, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { HealthRegistry } from '../http/health.js';
import { AppendEvents } from '../ledger/append/append-events.js';
import { ReadLog } from '../ledger/read/read-log.js';
import { CoseReceipt } from './cose-receipt.js';
import { CollectCosignatures } from './collect-cosignatures.js';
import { CollectCosignaturesProcessor } from './collect-cosignatures.processor.js';
import { ProveIndex } from './prove-index.js';
import { ReceiptsController } from './receipts.controller.js';
import { SealIndex } from './seal-index.js';
import { SealIndexProcessor } from './seal-index.processor.js';
import { LogController } from './log.controller.js';
import { ReadTiles } from './read-tiles.js';
import { LogSigner, SealLog } from './seal-log.js';
import { ShowCheckpoint } from './show-checkpoint.js';
import { WatchLog } from './watch-log.js';
import { WitnessMetrics } from './witness-metrics.js';
import { WitnessPolicy } from './witness-policy.js';

export interface TransparencyOptions {
  /** Whether this process runs the jobs that seal the index and ask witnesses. */
  runsJobs: boolean;
  answersHttp: boolean;
  witnesses: WitnessPolicy;
}

/** Serves checkpoints, cosignatures and tiles; seals the log and the index under the guard. */
@Module({})
export class TransparencyModule implements OnApplicationBootstrap {
  private readonly logger = new Logger('transparency');

  constructor(
    append: AppendEvents,
    private readonly sealed: SealLog,
    private readonly cosignatures: CollectCosignatures,
    health: HealthRegistry,
  ) {
    append.sealWith(sealed);
    health.register('log', () => sealed.whyHalted());
  }

  static forRoot(signer: LogSigner, { runsJobs, answersHttp, witnesses }: TransparencyOptions): DynamicModule {
    const tiles = {
      provide: ReadTiles,
      inject: [Database, ReadLog, ShowCheckpoint, Config],
      useFactory: (database: Database, log: ReadLog, shown: ShowCheckpoint, { entryBundles }: Config) =>
        new ReadTiles(database, log, shown, entryBundles),
    };
    return {
      module: TransparencyModule,
      global: true,
      controllers: answersHttp ? [LogController, ReceiptsController] : [],
      providers: [
        { provide: LogSigner, useValue: signer },
        { provide: WitnessPolicy, useValue: witnesses },
        SealLog,
        ShowCheckpoint,
        CollectCosignatures,
        WitnessMetrics,
        WatchLog,
        SealIndex,
        ProveIndex,
        ...(answersHttp ? [tiles, CoseReceipt] : []),
        ...(runsJobs ? [SealIndexProcessor] : []),
        ...(runsJobs && witnesses.policy !== null ? [CollectCosignaturesProcessor] : []),
      ],
      exports: [SealLog, ShowCheckpoint, CollectCosignatures, SealIndex, ProveIndex],
    };
  }

  /** A halted log can still be read: the service stays up and reports the reason. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      // A witness may remember a checkpoint that both the restored database and the restored guard lack, so it is asked
      // before anything is signed.
      await this.cosignatures.collect(true);
      await this.sealed.sealPending();
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      if (!this.sealed.isHalted) this.logger.error({ msg: 'the log is halted', reason: error.detail });
    }
  }
}
