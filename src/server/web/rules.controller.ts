import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type RulePage, rulePageShape } from '../../core/api/pages.js';
import { plainText } from '../../core/api/values.js';
import { rulePage, rulesPage } from '../../web/explorer/finding-pages.js';
import { wantsHtml } from '../http/wants-html.js';
import { RulePages } from '../verification/findings/rule-pages.js';
import { ruleIn } from './rule-in.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

/** Serves a page for each rule, to which alerts link: HTML for people, JSON for programs. */
@ApiTags('rules')
@Controller('rules')
export class RulesController {
  constructor(
    private readonly rules: RulePages,
    private readonly pages: ShowPages,
  ) {}

  @Get()
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=300')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Every rule, with the thresholds in force' })
  @ApiOkResponse({ standardSchema: z.strictObject({ items: z.array(rulePageShape) }) })
  list(@Visiting() visit: Visit): Promise<string> | { items: RulePage[] } {
    const items = this.rules.list();
    if (!wantsHtml(visit.request.headers.accept)) return { items };
    return this.pages.show(visit, (say) =>
      rulesPage(
        say,
        items.map((page) => ruleIn(page, say.language)),
      ),
    );
  }

  @Get(':rule')
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=300')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'What a rule means, what it does not mean, and what to do about its findings' })
  @ApiOkResponse({ standardSchema: rulePageShape })
  show(@Visiting() visit: Visit, @Param('rule', { schema: plainText(64) }) rule: string): Promise<string> | RulePage {
    const page = this.rules.page(rule);
    return wantsHtml(visit.request.headers.accept)
      ? this.pages.show(visit, (say) => rulePage(say, ruleIn(page, say.language)))
      : page;
  }
}
