import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import type { ListedFinding } from '../../core/api/finding.js';
import { type ShownFinding, findingColumns, findingPage, findingsPage } from '../../web/explorer/finding-pages.js';
import type { Say } from '../../web/say.js';
import { ListFindings, findingsQuery } from '../verification/findings/list-findings.js';
import { RulePages } from '../verification/findings/rule-pages.js';
import { PAGE, PAGE_OR_FILE } from './page-answer.js';
import { filtersOf, listQuery, pageQueryOf } from './queries.js';
import { meaningIn, ruleIn } from './rule-in.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

const query = pageQueryOf(findingsQuery);

const titled = (finding: ListedFinding, { language }: Say): ShownFinding => ({
  ...finding,
  ...meaningIn(finding.rule, language),
});

/** Serves the pages of findings. */
@ApiTags('pages')
@Controller('findings')
export class FindingPagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly findings: ListFindings,
    private readonly rules: RulePages,
  ) {}

  @Get()
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: findings, the one opened last first' })
  @ApiOkResponse({ schema: PAGE })
  list(@Visiting() visit: Visit, @Query({ schema: query }) asked: z.infer<typeof query>): Promise<string> {
    return this.pages.showTable(visit, async (say) => {
      const { items, next } = await this.findings.list(listQuery(asked));
      const rows = items.map((finding) => titled(finding, say));
      const page = () => findingsPage(say, { rows, next, filters: filtersOf(asked) });
      return { page, file: { rows, columns: findingColumns(say), name: 'findings' } };
    });
  }

  @Get(':id')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: one finding, its evidence and what to do' })
  @ApiOkResponse({ schema: PAGE })
  finding(@Visiting() visit: Visit, @Param('id', { schema: z.uuid() }) id: string): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const finding = await this.findings.byId(id);
      const rule = this.rules.list().find((page) => page.id === finding.rule) ?? null;
      return findingPage({ finding: titled(finding, say), rule: rule === null ? null : ruleIn(rule, say.language) });
    });
  }
}
