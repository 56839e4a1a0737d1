import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type * as z from 'zod';
import { registryId } from '../../../core/event/primitives.js';
import { actorColumns, actorPage, actorsPage } from '../../../web/explorer/registry-pages.js';
import { ListStock } from '../../provenance/list-stock.js';
import { SearchLots } from '../../provenance/search-lots.js';
import { ListRegistry, actorsQuery } from '../../registry/list-registry.js';
import { PAGE, PAGE_OR_FILE } from '../page-answer.js';
import { filtersOf, listQuery, pageQueryOf } from '../queries.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';

const ofActors = pageQueryOf(actorsQuery);
/** Lots on the page of an actor; the list of lots has all. */
const LOTS = 20;
const KINDS = 50;

/** Serves the pages of actors. */
@ApiTags('pages')
@Controller()
export class ActorPagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly registry: ListRegistry,
    private readonly stock: ListStock,
    private readonly lots: SearchLots,
  ) {}

  @Get('actors')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: actors' })
  @ApiOkResponse({ schema: PAGE })
  actors(@Visiting() visit: Visit, @Query({ schema: ofActors }) asked: z.infer<typeof ofActors>): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { items: rows, next } = await this.registry.actors(listQuery(asked));
      const page = () => actorsPage(say, { rows, next, filters: filtersOf(asked) });
      return { page, file: { rows, columns: actorColumns(say), name: 'actors' } };
    });
  }

  @Get('actors/:id')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: one actor and what it holds' })
  @ApiOkResponse({ schema: PAGE })
  actor(@Visiting() visit: Visit, @Param('id', { schema: registryId }) id: string): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const actor = await this.registry.actor(id);
      const stock = await this.stock.list({ holder: id, limit: KINDS });
      const lots = await this.lots.search({ holder: id, limit: LOTS, part: 'present' });
      return actorPage(say, { actor, stock: stock.items, lots: lots.items });
    });
  }
}
