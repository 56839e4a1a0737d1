import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { LedgerHttpModule } from '../ledger/ledger-http.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { TransparencyModule } from '../transparency/transparency.module.js';
import { FindNamed } from './find-named.js';
import { FindTag } from './find-tag.js';
import { FormerLot } from './former-lot.js';
import { JudgeLot } from './judge-lot.js';
import { JudgeLots } from './judge-lots.js';
import { ListCountries } from './list-countries.js';
import { ListLotEvents } from './list-lot-events.js';
import { ListStock } from './list-stock.js';
import { ListVolumes } from './list-volumes.js';
import { LotProvenanceController } from './lot-provenance.controller.js';
import { LotsController } from './lots.controller.js';
import { MakeBundle } from './make-bundle.js';
import { PlacesController } from './places.controller.js';
import { ReadLot } from './read-lot.js';
import { ReadPlaces } from './read-places.js';
import { ReportLot } from './report-lot.js';
import { SearchLots } from './search-lots.js';
import { TraceImpact } from './trace-impact.js';
import { TraceLineage } from './trace-lineage.js';

/** Serves lots: state, verdicts, lineage, bundles, recall, tags and volumes. */
@Module({
  imports: [DatabaseModule, LedgerHttpModule, LedgerModule, TransparencyModule],
  controllers: [LotsController, LotProvenanceController, PlacesController],
  providers: [
    FindNamed,
    FindTag,
    FormerLot,
    JudgeLot,
    JudgeLots,
    ListCountries,
    ListLotEvents,
    ListStock,
    ListVolumes,
    MakeBundle,
    ReadLot,
    ReadPlaces,
    ReportLot,
    SearchLots,
    TraceImpact,
    TraceLineage,
  ],
  exports: [
    FindNamed,
    FindTag,
    JudgeLots,
    ListCountries,
    ListLotEvents,
    ListStock,
    ListVolumes,
    MakeBundle,
    ReadLot,
    ReadPlaces,
    ReportLot,
    SearchLots,
    TraceImpact,
    TraceLineage,
  ],
})
export class ProvenanceHttpModule {}
