import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Grant, grantShape } from '../../core/api/access/grant.js';
import { type Page, pageShape } from '../../core/api/page.js';
import { type GrantsQuery, ListGrants, grantsQuery } from './list-grants.js';

@ApiTags('access')
@Controller('v1/grants')
export class GrantsController {
  constructor(private readonly grants: ListGrants) {}

  @Get()
  @ApiOperation({ summary: 'Lists the grants that the viewer gave or received, newest first, ended ones too' })
  @ApiOkResponse({ standardSchema: pageShape(grantShape) })
  list(@Query({ schema: grantsQuery }) query: GrantsQuery): Promise<Page<Grant>> {
    return this.grants.list(query);
  }
}
