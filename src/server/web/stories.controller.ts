import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AditError } from '../../core/errors.js';
import { passportPage } from '../../web/passport/passport-page.js';
import { samplePassport } from '../../web/stories/samples.js';
import { storiesPage } from '../../web/stories/stories-page.js';
import { Config } from '../config/config.js';
import { PAGE } from './page-answer.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

/** Serves the page of all components to those who develop the pages: on a service that is open to its machine. */
@ApiTags('pages')
@Controller('ui')
export class StoriesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: every component in every state; for development alone' })
  @ApiOkResponse({ schema: PAGE })
  all(@Visiting() visit: Visit): Promise<string> {
    this.requireOpen();
    return this.pages.show(visit, storiesPage);
  }

  @Get('passport')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: a passport of invented goods; for development alone' })
  @ApiOkResponse({ schema: PAGE })
  passport(@Visiting() visit: Visit): Promise<string> {
    this.requireOpen();
    return this.pages.show(visit, (say) => passportPage(say, { ...samplePassport(), evidence: null }));
  }

  private requireOpen(): void {
    if (this.config.access !== 'open') throw new AditError('not-found', 'No such path.');
  }
}
