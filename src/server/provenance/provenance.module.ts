import { type DynamicModule, Module } from '@nestjs/common';
import { JudgeLot } from './judge-lot.js';
import { ListLotEvents } from './list-lot-events.js';
import { LotsController } from './lots.controller.js';
import { ReadLot } from './read-lot.js';
import { ReportLot } from './report-lot.js';
import { SearchLots } from './search-lots.js';
import { TraceLineage } from './trace-lineage.js';

/** Answers what a lot is, where it came from, and what can be held against it. */
@Module({})
export class ProvenanceModule {
  static forRoot(answersHttp: boolean): DynamicModule {
    return {
      module: ProvenanceModule,
      controllers: answersHttp ? [LotsController] : [],
      providers: [JudgeLot, ListLotEvents, ReadLot, ReportLot, SearchLots, TraceLineage],
    };
  }
}
