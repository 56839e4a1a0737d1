import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type Start, startShape } from '../../../core/api/ledger.js';
import { wantsHtml } from '../../http/html-page.js';
import { DescribeLedger } from './describe-ledger.js';
import { startHtml, startLinks } from './start-html.js';

/** Serves the start page: which ledger this is and where things are, as HTML to browsers and as JSON to programs. */
@ApiTags('ledger')
@Controller()
export class StartController {
  constructor(private readonly ledger: DescribeLedger) {}

  @Get()
  @Header('vary', 'accept')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Which ledger this is, and where things are' })
  @ApiOkResponse({ standardSchema: startShape })
  async start(@Headers('accept') accept?: string): Promise<string | Start> {
    const ledger = await this.ledger.describe();
    return wantsHtml(accept) ? startHtml(ledger) : { ledger, links: startLinks };
  }
}
