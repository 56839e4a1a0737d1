import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Page, pageShape } from '../../core/api/page.js';
import { type ListedActor, type ListedSite, actorShape, siteShape } from '../../core/api/registry.js';
import { type ActorsQuery, ListRegistry, type SitesQuery, actorsQuery, sitesQuery } from './list-registry.js';

@ApiTags('registry')
@Controller('v1')
export class RegistryController {
  constructor(private readonly registry: ListRegistry) {}

  @Get('actors')
  @ApiOperation({ summary: 'Registered actors; filters role, country' })
  @ApiOkResponse({ standardSchema: pageShape(actorShape) })
  actors(@Query({ schema: actorsQuery }) query: ActorsQuery): Promise<Page<ListedActor>> {
    return this.registry.actors(query);
  }

  @Get('sites')
  @ApiOperation({ summary: 'Registered mine sites; filters operator, country, mineral' })
  @ApiOkResponse({ standardSchema: pageShape(siteShape) })
  sites(@Query({ schema: sitesQuery }) query: SitesQuery): Promise<Page<ListedSite>> {
    return this.registry.sites(query);
  }
}
