import { Controller, Get, Header, Headers, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type ErrorPage, errorPageShape } from '../../core/api/pages.js';
import { plainText } from '../../core/api/values.js';
import { AditError, type ErrorCode, errorCodes } from '../../core/errors.js';
import { explanations } from './error-explanations.js';
import { htmlPage, proseHtml, wantsHtml } from './html-page.js';

const isCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text);
const pageOf = (code: ErrorCode): ErrorPage => ({ code, ...errorCodes[code], ...explanations[code] });
const pages = Object.keys(errorCodes).filter(isCode).map(pageOf);

/** Serves the page of each code, to which `type` of every problem links: HTML for people, JSON for programs. */
@ApiTags('errors')
@Controller('errors')
export class ErrorsController {
  @Get()
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=3600')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Every error code' })
  @ApiOkResponse({ standardSchema: z.strictObject({ items: z.array(errorPageShape) }) })
  list(@Headers('accept') accept?: string): string | { items: ErrorPage[] } {
    if (!wantsHtml(accept)) return { items: pages };
    const items = pages.map(
      ({ code, title }) => `<li><a href="/errors/${code}"><code>${code}</code></a>: ${proseHtml(title)}</li>`,
    );
    return htmlPage('Errors of Adit', `<h1>Errors</h1><ul>${items.join('')}</ul>`);
  }

  @Get(':code')
  @Header('vary', 'accept')
  @Header('cache-control', 'public, max-age=3600')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Meaning of one error code, and the remedy' })
  @ApiOkResponse({ standardSchema: errorPageShape })
  show(@Param('code', { schema: plainText(64) }) code: string, @Headers('accept') accept?: string): string | ErrorPage {
    if (!isCode(code)) throw new AditError('not-found', 'There is no such error code.');
    const page = pageOf(code);
    if (!wantsHtml(accept)) return page;
    return htmlPage(
      `${code}: ${page.title}`,
      `<h1><code>${code}</code></h1><p><strong>${proseHtml(page.title)}.</strong> HTTP status ${page.status}.</p>` +
        `<p>${proseHtml(page.meaning)}</p><p>What to do: ${proseHtml(page.remedy)}</p><p><a href="/errors">All errors</a></p>`,
    );
  }
}
