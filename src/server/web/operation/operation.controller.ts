import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { operationPage } from '../../../web/operation/operation-page.js';
import { ListGrants } from '../../access/list-grants.js';
import { People } from '../../access/people/people.js';
import { Config } from '../../config/config.js';
import { PAGE } from '../page-answer.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';
import { TellOperation } from './tell-operation.js';

/** People and grants that the page shows; their lists have the others. */
const PEOPLE = 100;
const GRANTS = 10;

/** Serves the page of the operator. */
@ApiTags('pages')
@Controller('operation')
export class OperationController {
  constructor(
    private readonly pages: ShowPages,
    private readonly operation: TellOperation,
    private readonly people: People,
    private readonly grants: ListGrants,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({
    summary: 'Page: health, audits, queues, people, keys for programs, grants and settings, for the operator',
  })
  @ApiOkResponse({ schema: PAGE })
  show(@Visiting() visit: Visit): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const [people, grants, rest] = await Promise.all([
        this.people.list({ limit: PEOPLE }),
        this.grants.listAll({ limit: GRANTS }),
        this.operation.tell(this.config),
      ]);
      return operationPage(say, { ...rest, people, grants });
    });
  }
}
