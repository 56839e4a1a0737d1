import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type ErrorPage, errorPageShape } from '../../core/api/pages.js';
import { plainText } from '../../core/api/values.js';
import { AditError, type ErrorCode, errorCodes } from '../../core/errors.js';
import { errorPage, errorsPage } from '../../web/explorer/error-pages.js';
import { explanations } from '../http/error-explanations.js';
import { wantsHtml } from '../http/wants-html.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

const isCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text);
const pageOf = (code: ErrorCode): ErrorPage => ({ code, ...errorCodes[code], ...explanations[code] });
const items = Object.keys(errorCodes).filter(isCode).map(pageOf);

/** Serves the page of each code, to which `type` of every problem links: HTML for people, JSON for programs. */
@ApiTags('errors')
@Controller('errors')
export class ErrorsController {
  constructor(private readonly pages: ShowPages) {}

  @Get()
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=3600')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Every error code' })
  @ApiOkResponse({ standardSchema: z.strictObject({ items: z.array(errorPageShape) }) })
  list(@Visiting() visit: Visit): Promise<string> | { items: ErrorPage[] } {
    return wantsHtml(visit.request.headers.accept)
      ? this.pages.show(visit, (say) => errorsPage(say, items))
      : { items };
  }

  @Get(':code')
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=3600')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Meaning of one error code, and the remedy' })
  @ApiOkResponse({ standardSchema: errorPageShape })
  show(@Visiting() visit: Visit, @Param('code', { schema: plainText(64) }) code: string): Promise<string> | ErrorPage {
    if (!isCode(code)) throw new AditError('not-found', 'There is no such error code.');
    const page = pageOf(code);
    return wantsHtml(visit.request.headers.accept) ? this.pages.show(visit, (say) => errorPage(say, page)) : page;
  }
}
