import { type DynamicModule, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { HealthRegistry } from '../http/health.js';
import { AppendEvents } from '../ledger/append-events.js';
import { ReadLog } from '../ledger/read-log.js';
import { LogController } from './log.controller.js';
import { ReadTiles } from './read-tiles.js';
import { LogSigner, SealLog } from './seal-log.js';

/** Checkpoints, tiles and the guard. */
@Module({})
export class TransparencyModule implements OnApplicationBootstrap {
  private readonly logger = new Logger('transparency');

  constructor(
    append: AppendEvents,
    private readonly sealed: SealLog,
    health: HealthRegistry,
  ) {
    append.sealWith(sealed);
    health.register('log', () => Promise.resolve(sealed.haltedBecause));
  }

  static forRoot(signer: LogSigner, answersHttp: boolean): DynamicModule {
    const tiles = {
      provide: ReadTiles,
      inject: [Database, ReadLog, SealLog, Config],
      useFactory: (database: Database, log: ReadLog, sealed: SealLog, { entryBundles }: Config) =>
        new ReadTiles(database, log, sealed, entryBundles),
    };
    return {
      module: TransparencyModule,
      controllers: answersHttp ? [LogController] : [],
      providers: [{ provide: LogSigner, useValue: signer }, SealLog, ...(answersHttp ? [tiles] : [])],
      exports: [SealLog],
    };
  }

  /** A log that must not be signed is still read: the service stays up, and says why wherever it is asked. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.sealed.sealPending();
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      this.logger.error({ msg: 'the log is halted', reason: error.detail });
    }
  }
}
