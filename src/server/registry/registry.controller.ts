import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Page, type PageQuery, pageQuery } from '../http/paging.js';
import { type ListedActor, type ListedSite, ListRegistry } from './list-registry.js';

@ApiTags('registry')
@Controller('v1')
export class RegistryController {
  constructor(private readonly registry: ListRegistry) {}

  @Get('actors')
  @ApiOperation({ summary: 'Registered actors' })
  actors(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<ListedActor>> {
    return this.registry.actors(query);
  }

  @Get('sites')
  @ApiOperation({ summary: 'Registered mine sites' })
  sites(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<ListedSite>> {
    return this.registry.sites(query);
  }
}
