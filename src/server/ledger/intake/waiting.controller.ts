import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Page, pageShape } from '../../../core/api/page.js';
import { type WaitingEventView, waitingEventShape } from '../../../core/api/waiting.js';
import { ListWaiting, type WaitingQuery, waitingQuery } from './list-waiting.js';

@ApiTags('ledger')
@Controller('v1/waiting')
export class WaitingController {
  constructor(private readonly waiting: ListWaiting) {}

  @Get()
  @ApiOperation({ summary: 'Events that wait for their parents, with when they expire; filters kid, missing' })
  @ApiOkResponse({ standardSchema: pageShape(waitingEventShape) })
  list(@Query({ schema: waitingQuery }) query: WaitingQuery): Promise<Page<WaitingEventView>> {
    return this.waiting.list(query);
  }
}
