import { Controller, Get, Header, Headers, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type RulePage, rulePageShape } from '../../../core/api/pages.js';
import { plainText } from '../../../core/api/values.js';
import * as z from 'zod';
import { wantsHtml } from '../../http/html-page.js';
import { rulePageHtml, rulesHtml } from './rule-html.js';
import { RulePages } from './rule-pages.js';

/** Serves a page for each rule, to which alerts link: HTML for people, JSON for programs. */
@ApiTags('rules')
@Controller('rules')
export class RulesController {
  constructor(private readonly pages: RulePages) {}

  @Get()
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=300')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Every rule, with the thresholds in force' })
  @ApiOkResponse({ standardSchema: z.strictObject({ items: z.array(rulePageShape) }) })
  list(@Headers('accept') accept?: string): string | { items: RulePage[] } {
    const items = this.pages.list();
    return wantsHtml(accept) ? rulesHtml(items) : { items };
  }

  @Get(':rule')
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=300')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'What a rule means, what it does not mean, and what to do about its findings' })
  @ApiOkResponse({ standardSchema: rulePageShape })
  show(@Param('rule', { schema: plainText(64) }) rule: string, @Headers('accept') accept?: string): string | RulePage {
    const page = this.pages.page(rule);
    return wantsHtml(accept) ? rulePageHtml(page) : page;
  }
}
