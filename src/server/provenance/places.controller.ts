import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { pageOf } from '../../core/api/page.js';
import { type Stock, stockShape } from '../../core/api/stock.js';
import { type SeenTag, seenTagShape } from '../../core/api/tag.js';
import { type Volumes, volumesShape } from '../../core/api/volumes.js';
import type { Page } from '../http/paging.js';
import { ListStock, type StockQuery, stockQuery } from './list-stock.js';
import { plainText } from '../../core/api/values.js';
import { registryId } from '../../core/event/primitives.js';
import { ListVolumes } from './list-volumes.js';
import { SightTag } from './sight-tag.js';

const tagNumber: z.ZodType<string> = plainText(64);

/** What the ledger knows of a site's output, of a tag's way, and of what actors hold. */
@ApiTags('registry')
@Controller('v1')
export class PlacesController {
  constructor(
    private readonly volumes: ListVolumes,
    private readonly tags: SightTag,
    private readonly stock: ListStock,
  ) {}

  @Get('sites/:id/volumes')
  @ApiOperation({ summary: 'Mass declared and tagged month by month, against what the site can dig' })
  @ApiOkResponse({ standardSchema: volumesShape })
  list(@Param('id', { schema: registryId }) id: string): Promise<Volumes> {
    return this.volumes.list(id);
  }

  @Get('tags/:number')
  @ApiOperation({ summary: 'Where a tag was issued, put on, voided, and what carries it' })
  @ApiOkResponse({ standardSchema: seenTagShape })
  tag(@Param('number', { schema: tagNumber }) number: string): Promise<SeenTag> {
    return this.tags.sight(number);
  }

  @Get('stock')
  @ApiOperation({ summary: 'What actors hold and have dispatched, by mineral and form; filter holder' })
  @ApiOkResponse({ standardSchema: pageOf(stockShape) })
  held(@Query({ schema: stockQuery }) query: StockQuery): Promise<Page<Stock>> {
    return this.stock.list(query);
  }
}
