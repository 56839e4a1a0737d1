import { Controller, Get, Param, Query, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type * as z from 'zod';
import { lotColumns, lotsPage } from '../../web/explorer/lots-page.js';
import { placesPage } from '../../web/explorer/lot-table-pages.js';
import { placeColumns } from '../../web/explorer/places.js';
import { lotPage } from '../../web/explorer/lot-page.js';
import { HeavyReads } from '../http/heavy-reads.js';
import { lotId } from '../provenance/lot-id.js';
import { SearchLots, lotsQuery } from '../provenance/search-lots.js';
import { GatherPlaces } from './gather-places.js';
import { PAGE, PAGE_OR_FILE } from './page-answer.js';
import { filtersOf, listQuery, pageQueryOf } from './queries.js';
import { ShowPages } from './show-pages.js';
import { TellLot } from './tell-lot.js';
import { type Visit, Visiting } from './visit.js';

const query = pageQueryOf(lotsQuery);

/** Serves the pages of lots. */
@ApiTags('pages')
@Controller('lots')
export class LotPagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly search: SearchLots,
    private readonly story: TellLot,
    private readonly places: GatherPlaces,
  ) {}

  @Get()
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: lots, newest first' })
  @ApiOkResponse({ schema: PAGE })
  list(@Visiting() visit: Visit, @Query({ schema: query }) asked: z.infer<typeof query>): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { items: rows, next } = await this.search.search(listQuery(asked));
      const page = () => lotsPage(say, { rows, next, filters: filtersOf(asked) });
      return { page, file: { rows, columns: lotColumns(say), name: 'lots' } };
    });
  }

  @Get(':id')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: one lot, its verdicts and its story' })
  @ApiOkResponse({ schema: PAGE })
  lot(@Visiting() visit: Visit, @Param('id', { schema: lotId }) id: string): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const told = await this.story.tell(id, say.language);
      return lotPage(say, { ...told, places: await this.places.of(told) });
    });
  }

  @Get(':id/places')
  @UseInterceptors(HeavyReads)
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: where a lot and its ancestors were, as far as the reader may know' })
  @ApiOkResponse({ schema: PAGE })
  whereabouts(@Visiting() visit: Visit, @Param('id', { schema: lotId }) id: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { places: rows } = await this.places.of(await this.story.tell(id, say.language));
      const columns = placeColumns(say);
      return { page: () => placesPage(say, id, rows, columns), file: { rows, columns, name: `places-${id}` } };
    });
  }
}
