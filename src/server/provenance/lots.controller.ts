import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Page, type PageQuery, pageQuery } from '../http/paging.js';
import type { Verdicts } from './judge-lot.js';
import { ListLotEvents, type LotEvent } from './list-lot-events.js';
import { type AsOf, type LotState, ReadLot } from './read-lot.js';
import { type Report, ReportLot } from './report-lot.js';
import { type LotsQuery, SearchLots, lotsQuery } from './search-lots.js';
import { type Impact, TraceImpact } from './trace-impact.js';
import { type Lineage, MAX_DEPTH, TraceLineage } from './trace-lineage.js';

const lotId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lot id');
const lineageQuery = z.strictObject({
  direction: z.enum(['upstream', 'downstream']).default('upstream'),
  depth: z.coerce.number().int().min(1).max(MAX_DEPTH).default(MAX_DEPTH),
});

@ApiTags('lots')
@Controller('v1/lots')
export class LotsController {
  constructor(
    private readonly lots: ReadLot,
    private readonly search: SearchLots,
    private readonly events: ListLotEvents,
    private readonly lineage: TraceLineage,
    private readonly reports: ReportLot,
    private readonly impacts: TraceImpact,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lots, newest first' })
  list(@Query({ schema: lotsQuery }) query: LotsQuery): Promise<Page<LotState>> {
    return this.search.search(query);
  }

  @Get(':id')
  @ApiOperation({ summary: "A lot's present state, with its three verdicts" })
  lot(@Param('id', { schema: lotId }) id: string): Promise<LotState & { verdicts: Verdicts; asOf: AsOf }> {
    return this.lots.state(id);
  }

  @Get(':id/events')
  @ApiOperation({ summary: 'Its chain, from its birth on' })
  chain(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<LotEvent>> {
    return this.events.list(id, query);
  }

  @Get(':id/lineage')
  @ApiOperation({ summary: 'What it was made of, or what was made of it' })
  trace(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: lineageQuery }) { direction, depth }: z.infer<typeof lineageQuery>,
  ): Promise<Lineage> {
    return this.lineage.trace(id, direction, depth);
  }

  @Get(':id/report')
  @ApiOperation({ summary: 'Verdicts, coverage and findings' })
  report(@Param('id', { schema: lotId }) id: string): Promise<Report> {
    return this.reports.report(id);
  }

  @Get(':id/impact')
  @ApiOperation({ summary: 'Recall: all that contains this lot now, how much of it, and who holds it' })
  impact(@Param('id', { schema: lotId }) id: string): Promise<Impact> {
    return this.impacts.trace(id);
  }
}
