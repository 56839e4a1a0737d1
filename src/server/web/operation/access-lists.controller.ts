import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type * as z from 'zod';
import {
  grantColumns,
  grantsPage,
  keyColumns,
  keysPage,
  peopleColumns,
  peoplePage,
} from '../../../web/operation/access-lists.js';
import { ListGrants } from '../../access/list-grants.js';
import { MachineKeys } from '../../access/machine-keys.js';
import { People } from '../../access/people/people.js';
import { pageQuery } from '../../http/paging.js';
import { PAGE, PAGE_OR_FILE } from '../page-answer.js';
import { pageQueryOf } from '../queries.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';

/** Rows of one page. */
const ROWS = 100;
const listed = pageQueryOf(pageQuery.pick({ cursor: true }));
type Listed = z.infer<typeof listed>;

/** Serves the lists of the operator: who has access by what. */
@ApiTags('pages')
@Controller('operation')
export class AccessListsController {
  constructor(
    private readonly pages: ShowPages,
    private readonly everyone: People,
    private readonly machines: MachineKeys,
    private readonly given: ListGrants,
  ) {}

  @Get('people')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: the people who sign in by the identity provider, for the operator' })
  @ApiOkResponse({ schema: PAGE })
  people(@Visiting() visit: Visit, @Query({ schema: listed }) { cursor }: Listed): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const people = await this.everyone.list({ limit: ROWS, cursor });
      const file = { rows: people.items, columns: peopleColumns(say), name: 'people' };
      return { page: () => peoplePage(say, people), file };
    });
  }

  @Get('keys')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: the keys for programs, for the operator' })
  @ApiOkResponse({ schema: PAGE })
  keys(@Visiting() visit: Visit, @Query({ schema: listed }) { cursor }: Listed): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const keys = await this.machines.list({ limit: ROWS, cursor });
      const file = { rows: keys.items, columns: keyColumns(say), name: 'keys' };
      return { page: () => keysPage(say, keys), file };
    });
  }

  @Get('grants')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: the grants of everyone, for the operator' })
  @ApiOkResponse({ schema: PAGE })
  grants(@Visiting() visit: Visit, @Query({ schema: listed }) { cursor }: Listed): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const grants = await this.given.listAll({ limit: ROWS, cursor });
      const file = { rows: grants.items, columns: grantColumns(say), name: 'grants' };
      return { page: () => grantsPage(say, grants), file };
    });
  }
}
