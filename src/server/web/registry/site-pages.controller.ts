import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type * as z from 'zod';
import { registryId } from '../../../core/event/primitives.js';
import { sitePage, volumeColumns } from '../../../web/explorer/site-page.js';
import { siteColumns, sitesPage } from '../../../web/explorer/registry-pages.js';
import { ListVolumes } from '../../provenance/list-volumes.js';
import { ReadPlaces } from '../../provenance/read-places.js';
import { SearchLots } from '../../provenance/search-lots.js';
import { ListRegistry, sitesQuery } from '../../registry/list-registry.js';
import { PAGE, PAGE_OR_FILE } from '../page-answer.js';
import { filtersOf, listQuery, pageQueryOf } from '../queries.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';

const ofSites = pageQueryOf(sitesQuery);
/** Lots on the page of a site; the list of lots has all. */
const LOTS = 20;

/** Serves the pages of sites. */
@ApiTags('pages')
@Controller()
export class SitePagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly registry: ListRegistry,
    private readonly volumes: ListVolumes,
    private readonly lots: SearchLots,
    private readonly places: ReadPlaces,
  ) {}

  @Get('sites')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: mine sites' })
  @ApiOkResponse({ schema: PAGE })
  sites(@Visiting() visit: Visit, @Query({ schema: ofSites }) asked: z.infer<typeof ofSites>): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { items: rows, next } = await this.registry.sites(listQuery(asked));
      const page = () => sitesPage(say, { rows, next, filters: filtersOf(asked) });
      return { page, file: { rows, columns: siteColumns(say), name: 'sites' } };
    });
  }

  @Get('sites/:id')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: one mine site and what it declared' })
  @ApiOkResponse({ schema: PAGE })
  site(@Visiting() visit: Visit, @Param('id', { schema: registryId }) id: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const volumes = await this.volumes.list(id);
      const [site, lots, { sites }] = await Promise.all([
        this.registry.site(id),
        this.lots.search({ site: id, limit: LOTS, part: 'present' }),
        this.places.registered({ sites: [id], facilities: [] }),
      ]);
      const place = sites.get(id) ?? null;
      const file = { rows: volumes.items, columns: volumeColumns(say), name: `site-${id}` };
      return { page: () => sitePage({ site, volumes, place, lots: lots.items }), file };
    });
  }
}
