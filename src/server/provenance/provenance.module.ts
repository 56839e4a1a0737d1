import { type DynamicModule, Module } from '@nestjs/common';
import { JudgeLot } from './judge-lot.js';
import { ListLotEvents } from './list-lot-events.js';
import { ListStock } from './list-stock.js';
import { ListVolumes } from './list-volumes.js';
import { LotsController } from './lots.controller.js';
import { PlacesController } from './places.controller.js';
import { MakeBundle } from './make-bundle.js';
import { ReadLot } from './read-lot.js';
import { ReportLot } from './report-lot.js';
import { SearchLots } from './search-lots.js';
import { FindTag } from './find-tag.js';
import { TraceImpact } from './trace-impact.js';
import { TraceLineage } from './trace-lineage.js';

/** Serves lots: state, verdicts, lineage, bundles, recall, tags and volumes. */
@Module({})
export class ProvenanceModule {
  static forRoot(answersHttp: boolean): DynamicModule {
    return {
      module: ProvenanceModule,
      controllers: answersHttp ? [LotsController, PlacesController] : [],
      providers: [
        JudgeLot,
        ListLotEvents,
        ...(answersHttp ? [MakeBundle] : []),
        ReadLot,
        ReportLot,
        SearchLots,
        ListStock,
        ListVolumes,
        FindTag,
        TraceImpact,
        TraceLineage,
      ],
    };
  }
}
