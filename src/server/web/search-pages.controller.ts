import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type * as z from 'zod';
import { identifierText } from '../../core/api/values.js';
import { sightingColumns, tagPage } from '../../web/explorer/registry-pages.js';
import { searchPage } from '../../web/explorer/search-page.js';
import { FindTag } from '../provenance/find-tag.js';
import { FindAnything } from './find-anything.js';
import { PAGE, PAGE_OR_FILE } from './page-answer.js';
import { searchQuery } from './queries.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

const tagNumber: z.ZodType<string> = identifierText(64);
const SEE_OTHER = 303;

/** Serves the search for every identifier, and the pages of tags. */
@ApiTags('pages')
@Controller()
export class SearchPagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly everything: FindAnything,
    private readonly tags: FindTag,
  ) {}

  @Get('search')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: what an identifier names; opens it where it is one thing' })
  @ApiOkResponse({ schema: PAGE })
  async search(
    @Visiting() visit: Visit,
    @Query({ schema: searchQuery }) { q = '' }: z.infer<typeof searchQuery>,
  ): Promise<string> {
    const query = q.trim();
    return this.pages.show(visit, async (say) => {
      const hits = await this.everything.find(query, say);
      const [only] = hits;
      if (only !== undefined && hits.length === 1) void visit.reply.status(SEE_OTHER).header('location', only.path);
      return searchPage(say, query, hits);
    });
  }

  @Get('tags/:number')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: where a tag was issued, used and voided' })
  @ApiOkResponse({ schema: PAGE })
  tag(@Visiting() visit: Visit, @Param('number', { schema: tagNumber }) number: string): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const tag = await this.tags.sight(number);
      const file = { rows: tag.sightings, columns: sightingColumns(say), name: `tag-${number}` };
      return { page: () => tagPage(say, tag), file };
    });
  }
}
