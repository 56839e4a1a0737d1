import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { CollectCosignatures } from './witnesses/collect-cosignatures.js';
import { ConsultWitness } from './witnesses/consult-witness.js';
import { ProveIndex } from './prove-index.js';
import { RenewIndex } from './renew-index.js';
import { SealIndex } from './seal-index.js';
import { SealLog } from './seal-log.js';
import { ShowCheckpoint } from './show-checkpoint.js';
import { StartSealing } from './start-sealing.js';
import { WatchLog } from './watch-log.js';
import { WitnessMetrics } from './witnesses/witness-metrics.js';

/** Seals the log and the index under the guard, and asks witnesses for cosignatures. */
@Module({
  imports: [DatabaseModule, HttpModule, LedgerModule],
  providers: [
    SealLog,
    ShowCheckpoint,
    CollectCosignatures,
    StartSealing,
    WitnessMetrics,
    WatchLog,
    SealIndex,
    ProveIndex,
    RenewIndex,
    ConsultWitness,
  ],
  exports: [SealLog, ShowCheckpoint, CollectCosignatures, SealIndex, ProveIndex, RenewIndex],
})
export class TransparencyModule {}
