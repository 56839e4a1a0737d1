import { Controller, Get, Param, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { CoseReceipt } from './cose-receipt.js';

const COSE_TYPE = 'application/cose; cose-type="cose-sign1"';
const eventId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be an event id of 43 base64url characters');

/** Serves receipts as COSE, besides the ledger's `.tlog-proof`. */
@ApiTags('events')
@Controller('v1/events')
export class ReceiptsController {
  constructor(private readonly receipts: CoseReceipt) {}

  @Get(':id/receipt.cose')
  @ApiProduces('application/cose')
  @ApiOperation({ summary: 'Its receipt as COSE (RFC 9942), under the newest checkpoint' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async receipt(@Param('id', { schema: eventId }) id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.receipts.make(id), { type: COSE_TYPE });
  }
}
