import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { flowColumns, impactColumns, impactPage, lineagePage } from '../../web/explorer/lots-page.js';
import { eventColumns, handColumns, handsOf } from '../../web/explorer/lot-tables.js';
import { eventsPage, handsPage } from '../../web/explorer/lot-table-pages.js';
import { HeavyReads } from '../http/heavy-reads.js';
import { lotId } from '../provenance/lot-id.js';
import { ReadLot } from '../provenance/read-lot.js';
import { TraceImpact } from '../provenance/trace-impact.js';
import { TraceLineage } from '../provenance/trace-lineage.js';
import { PAGE, PAGE_OR_FILE } from './page-answer.js';
import { ALL_GENERATIONS } from './queries.js';
import { ShowPages } from './show-pages.js';
import { TellLot } from './tell-lot.js';
import { type Visit, Visiting } from './visit.js';

/** Serves the tables behind the drawings of a lot, as pages and as files. */
@ApiTags('pages')
@Controller('lots/:id')
export class LotTablesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly lots: ReadLot,
    private readonly story: TellLot,
    private readonly lineage: TraceLineage,
    private readonly impacts: TraceImpact,
  ) {}

  @Get('lineage')
  @UseInterceptors(HeavyReads)
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: what a lot was made of, as a table' })
  @ApiOkResponse({ schema: PAGE })
  madeOf(@Visiting() visit: Visit, @Param('id', { schema: lotId }) id: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { mineral } = await this.lots.state(id);
      const lineage = await this.lineage.trace(id, 'upstream', ALL_GENERATIONS);
      const file = { rows: lineage.edges, columns: flowColumns(say, mineral), name: `lineage-${id}` };
      return { page: () => lineagePage(say, lineage, mineral), file };
    });
  }

  @Get('impact')
  @UseInterceptors(HeavyReads)
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: which lots contain some of a lot' })
  @ApiOkResponse({ schema: PAGE })
  impact(@Visiting() visit: Visit, @Param('id', { schema: lotId }) id: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { mineral } = await this.lots.state(id);
      const impact = await this.impacts.trace(id);
      const file = { rows: impact.items, columns: impactColumns(say, mineral), name: `impact-${id}` };
      return { page: () => impactPage(say, impact, mineral), file };
    });
  }

  @Get('events')
  @UseInterceptors(HeavyReads)
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: the events on the chains of a lot and its ancestors' })
  @ApiOkResponse({ schema: PAGE })
  events(@Visiting() visit: Visit, @Param('id', { schema: lotId }) id: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { lot, story } = await this.story.tell(id, say.language);
      const columns = eventColumns(say, { lot: id, mineral: lot.mineral, nameOf: (one) => one.slice(0, 8) });
      return {
        page: () => eventsPage(say, id, story, columns),
        file: { rows: story.events, columns, name: `events-${id}` },
      };
    });
  }

  @Get('hands')
  @UseInterceptors(HeavyReads)
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: what a lot weighed, hand by hand' })
  @ApiOkResponse({ schema: PAGE })
  hands(@Visiting() visit: Visit, @Param('id', { schema: lotId }) id: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { lot, story } = await this.story.tell(id, say.language);
      const rows = handsOf(story);
      const columns = handColumns(say, lot.mineral);
      return { page: () => handsPage(say, id, rows, columns), file: { rows, columns, name: `hands-${id}` } };
    });
  }
}
