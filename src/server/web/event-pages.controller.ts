import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { eventIdSchema } from '../../core/event/primitives.js';
import { eventPage } from '../../web/explorer/event-page.js';
import { ReadEvent } from '../ledger/read/read-event.js';
import { eventData } from './event-data.js';
import { PAGE } from './page-answer.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

/** Serves the pages of events. */
@ApiTags('pages')
@Controller('events')
export class EventPagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly events: ReadEvent,
  ) {}

  @Get(':id')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: one event, with its signature, its proof and its signed bytes' })
  @ApiOkResponse({ schema: PAGE })
  event(@Visiting() visit: Visit, @Param('id', { schema: eventIdSchema }) id: string): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const stored = await this.events.event(id);
      // The proof is missing while the log is being signed; the page shows the rest.
      const receipt = await this.events.receipt(id).catch(() => null);
      return eventPage(say, eventData(stored, receipt));
    });
  }
}
