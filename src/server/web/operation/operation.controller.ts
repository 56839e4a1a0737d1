import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { operationPage } from '../../../web/operation/operation-page.js';
import { People } from '../../access/people/people.js';
import { Config } from '../../config/config.js';
import { PAGE } from '../page-answer.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';
import { TellOperation } from './tell-operation.js';

/** People that the page shows at most. */
const PEOPLE = 100;

/** Serves the page of the operator. */
@ApiTags('pages')
@Controller('operation')
export class OperationController {
  constructor(
    private readonly pages: ShowPages,
    private readonly operation: TellOperation,
    private readonly people: People,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: health, audits, queues, keys for programs and settings, for the operator' })
  @ApiOkResponse({ schema: PAGE })
  show(@Visiting() visit: Visit): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const { items } = await this.people.list({ limit: PEOPLE });
      return operationPage(say, await this.operation.tell(this.config, items));
    });
  }
}
