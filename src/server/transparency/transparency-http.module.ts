import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { DatabaseModule } from '../database/database.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ReadLog } from '../ledger/read/read-log.js';
import { CoseReceipt } from './cose-receipt.js';
import { LogController } from './log.controller.js';
import { ReadTiles } from './read-tiles.js';
import { ReceiptsController } from './receipts.controller.js';
import { ShowCheckpoint } from './show-checkpoint.js';
import { TransparencyModule } from './transparency.module.js';

/** Serves checkpoints, cosignatures, tiles and receipts. */
@Module({
  imports: [DatabaseModule, LedgerModule, TransparencyModule],
  controllers: [LogController, ReceiptsController],
  providers: [
    CoseReceipt,
    {
      provide: ReadTiles,
      inject: [Database, ReadLog, ShowCheckpoint, Config],
      useFactory: (database: Database, log: ReadLog, shown: ShowCheckpoint, { entryBundles }: Config) =>
        new ReadTiles(database, log, shown, entryBundles),
    },
  ],
})
export class TransparencyHttpModule {}
