import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Ledger } from '../../../core/api/ledger.js';
import { wantsHtml } from '../../http/html-page.js';
import { DescribeLedger } from './describe-ledger.js';
import { startHtml, startLinks } from './start-html.js';

/** Serves the start page: which ledger this is and where things are, as HTML to browsers and as JSON to programs. */
@ApiExcludeController()
@Controller()
export class StartController {
  constructor(private readonly ledger: DescribeLedger) {}

  @Get()
  @Header('vary', 'accept')
  async start(@Headers('accept') accept?: string): Promise<string | { ledger: Ledger; links: typeof startLinks }> {
    const ledger = await this.ledger.describe();
    return wantsHtml(accept) ? startHtml(ledger) : { ledger, links: startLinks };
  }
}
