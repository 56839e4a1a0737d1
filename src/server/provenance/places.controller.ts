import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Page, pageShape } from '../../core/api/page.js';
import { type Stock, stockShape } from '../../core/api/stock.js';
import { type SeenTag, seenTagShape } from '../../core/api/tag.js';
import { type Volumes, volumesShape } from '../../core/api/volumes.js';
import { identifierText } from '../../core/api/values.js';
import { registryId } from '../../core/event/primitives.js';
import { ListStock, type StockQuery, stockQuery } from './list-stock.js';
import { ListVolumes } from './list-volumes.js';
import { FindTag } from './find-tag.js';

const tagNumber: z.ZodType<string> = identifierText(64);

/** Serves the output of a site, the history of a tag, and the stock of actors. */
@ApiTags('registry')
@Controller('v1')
export class PlacesController {
  constructor(
    private readonly volumes: ListVolumes,
    private readonly tags: FindTag,
    private readonly stock: ListStock,
  ) {}

  @Get('sites/:id/volumes')
  @ApiOperation({ summary: 'Lists the monthly mass declared and tagged at a site, with its capacity' })
  @ApiOkResponse({ standardSchema: volumesShape })
  list(@Param('id', { schema: registryId }) id: string): Promise<Volumes> {
    return this.volumes.list(id);
  }

  @Get('tags/:number')
  @ApiOperation({ summary: 'Lists where a tag was issued, used and voided, and the lot that has it' })
  @ApiOkResponse({ standardSchema: seenTagShape })
  tag(@Param('number', { schema: tagNumber }) number: string): Promise<SeenTag> {
    return this.tags.sight(number);
  }

  @Get('stock')
  @ApiOperation({ summary: 'Sums what actors hold and have dispatched, by mineral and form; filter holder' })
  @ApiOkResponse({ standardSchema: pageShape(stockShape) })
  held(@Query({ schema: stockQuery }) query: StockQuery): Promise<Page<Stock>> {
    return this.stock.list(query);
  }
}
