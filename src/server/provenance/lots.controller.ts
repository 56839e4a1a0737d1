import { Controller, Get, Header, Headers, Param, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Impact, impactShape } from '../../core/api/impact.js';
import { MAX_SIZES, bundleSchema } from '../../core/bundle/bundle.js';
import {
  type JudgedLotState,
  type Lineage,
  type ListedLot,
  lineageShape,
  listedLotShape,
  lotShape,
} from '../../core/api/lot.js';
import { type Report, reportShape } from '../../core/api/report.js';
import { type Page, pageShape } from '../../core/api/page.js';
import { type LotEvent, lotEventShape } from '../../core/api/event.js';
import { HeavyReads } from '../http/heavy-reads.js';
import { wantsHtml } from '../http/html-page.js';
import { type PageQuery, pageQuery } from '../http/paging.js';
import { lotHtml } from './lot-html.js';
import { MakeBundle } from './make-bundle.js';
import { ListLotEvents } from './list-lot-events.js';
import { ReadLot } from './read-lot.js';
import { ReportLot } from './report-lot.js';
import { type LotsQuery, SearchLots, lotsQuery } from './search-lots.js';
import { TraceImpact } from './trace-impact.js';
import { MAX_DEPTH, TraceLineage } from './trace-lineage.js';

const lotId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lot id');
const lineageQuery = z.strictObject({
  direction: z.enum(['upstream', 'downstream']).default('upstream'),
  depth: z.coerce.number().int().min(1).max(MAX_DEPTH).default(MAX_DEPTH),
});

const bundleQuery = z.strictObject({
  disclosures: z.enum(['all', 'none']).default('all'),
  sealed: z.enum(['last', 'now']).default('last'),
  continues: z
    .string()
    .max(MAX_SIZES * 16)
    .regex(/^[1-9][0-9]{0,14}(,[1-9][0-9]{0,14})*$/, 'must be sizes of the log, with commas between')
    .transform((text) => text.split(',').map(Number))
    .refine((sizes) => sizes.length <= MAX_SIZES, `at most ${MAX_SIZES} sizes`)
    .default([]),
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
    private readonly bundles: MakeBundle,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lots, newest first' })
  @ApiOkResponse({ standardSchema: pageShape(listedLotShape) })
  list(@Query({ schema: lotsQuery }) query: LotsQuery): Promise<Page<ListedLot>> {
    return this.search.search(query);
  }

  @Get(':id')
  @ApiOperation({ summary: "Returns a lot's present state, with its three verdicts" })
  @ApiProduces('application/json', 'text/html')
  @ApiOkResponse({ standardSchema: lotShape })
  @Header('vary', 'accept')
  async lot(
    @Param('id', { schema: lotId }) id: string,
    @Headers('accept') accept?: string,
  ): Promise<string | JudgedLotState> {
    const lot = await this.lots.state(id);
    return wantsHtml(accept) ? lotHtml(lot) : lot;
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

  @Get(':id/lineage')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Traces the ancestors or descendants of a lot' })
  @ApiOkResponse({ standardSchema: lineageShape })
  trace(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: lineageQuery }) { direction, depth }: z.infer<typeof lineageQuery>,
  ): Promise<Lineage> {
    return this.lineage.trace(id, direction, depth);
  }

  @Get(':id/report')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Reports the verdicts, coverage and findings of a lot' })
  @ApiOkResponse({ standardSchema: reportShape })
  report(@Param('id', { schema: lotId }) id: string): Promise<Report> {
    return this.reports.report(id);
  }

  @Get(':id/bundle')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Makes the provenance bundle of a lot, which verifies offline' })
  @ApiOkResponse({ standardSchema: bundleSchema })
  async bundle(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: bundleQuery }) { disclosures, sealed, continues }: z.infer<typeof bundleQuery>,
  ): Promise<StreamableFile> {
    const options = { disclosures: disclosures === 'all', sealed: sealed === 'now', continues };
    const stream = await this.bundles.make(id, options);
    return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
  }

  @Get(':id/impact')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Traces a recall: the lots that contain this one, how much, and their holders' })
  @ApiOkResponse({ standardSchema: impactShape })
  impact(@Param('id', { schema: lotId }) id: string): Promise<Impact> {
    return this.impacts.trace(id);
  }
}
