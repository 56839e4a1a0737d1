import { Controller, Get, Param, Query, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type JudgedLotState, type ListedLot, listedLotShape, lotShape } from '../../core/api/lot.js';
import { type Report, reportShape } from '../../core/api/report.js';
import { type Page, pageShape } from '../../core/api/page.js';
import { type LotEvent, lotEventShape } from '../../core/api/event.js';
import { HeavyReads } from '../http/heavy-reads.js';
import { type PageQuery, pageQuery } from '../http/paging.js';
import { lotId } from './lot-id.js';
import { ListLotEvents } from './list-lot-events.js';
import { ReadLot } from './read-lot.js';
import { ReportLot } from './report-lot.js';
import { type LotsQuery, SearchLots, lotsQuery } from './search-lots.js';

/** Serves lots: their state, chain and report. */
@ApiTags('lots')
@Controller('v1/lots')
export class LotsController {
  constructor(
    private readonly lots: ReadLot,
    private readonly search: SearchLots,
    private readonly events: ListLotEvents,
    private readonly reports: ReportLot,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lots, newest first' })
  @ApiOkResponse({ standardSchema: pageShape(listedLotShape) })
  list(@Query({ schema: lotsQuery }) query: LotsQuery): Promise<Page<ListedLot>> {
    return this.search.search(query);
  }

  @Get(':id')
  @ApiOperation({ summary: "Returns a lot's present state, with its three verdicts" })
  @ApiOkResponse({ standardSchema: lotShape })
  lot(@Param('id', { schema: lotId }) id: string): Promise<JudgedLotState> {
    return this.lots.state(id);
  }

  @Get(':id/events')
  @ApiOperation({ summary: "Lists a lot's chain, oldest event first" })
  @ApiOkResponse({ standardSchema: pageShape(lotEventShape) })
  chain(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<LotEvent>> {
    return this.events.list(id, query);
  }

  @Get(':id/report')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Reports the verdicts, coverage and findings of a lot' })
  @ApiOkResponse({ standardSchema: reportShape })
  report(@Param('id', { schema: lotId }) id: string): Promise<Report> {
    return this.reports.report(id);
  }
}
