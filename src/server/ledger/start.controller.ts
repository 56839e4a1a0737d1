import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AditError } from '../../core/errors.js';
import { wantsHtml } from '../http/html-page.js';
import { DescribeLedger } from './describe-ledger.js';
import { startHtml } from './start-html.js';

/** Serves the start page to browsers; programs find the paths in /openapi.json. */
@ApiExcludeController()
@Controller()
export class StartController {
  constructor(private readonly ledger: DescribeLedger) {}

  @Get()
  @Header('vary', 'accept')
  async start(@Headers('accept') accept?: string): Promise<string> {
    if (!wantsHtml(accept))
      throw new AditError(
        'not-found',
        'There is nothing here for a program: the paths are described in /openapi.json.',
      );
    return startHtml(await this.ledger.describe());
  }
}
