import { Readable } from 'node:stream';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import {
  type StoredEvent,
  answersShape,
  eventText,
  recordedShape,
  storedEventShape,
  waitingShape,
} from '../../../core/api/event.js';
import { type Ledger, type LedgerKeys, ledgerKeysShape, ledgerShape } from '../../../core/api/ledger.js';
import { MAX_BODY_BYTES } from '../../http/fastify.js';
import { DescribeLedger } from '../read/describe-ledger.js';
import { ReadEvent } from '../read/read-event.js';
import { AnswerEvents } from './answer-events.js';
import { RecordBatch, batchLimits } from './record-batch.js';
import { type Origin, ReceiveEvents } from './receive-events.js';

/** The envelope's check limits the event's length; the body's limit applies here. */
const submission = z.strictObject({ event: z.string().max(MAX_BODY_BYTES).meta(eventText) });
const batchQuery = z.strictObject({ receipts: z.enum(['true', 'false']).default('false') });
const eventId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be an event id of 43 base64url characters');

const originOf = ({ ip, headers: { traceparent } }: FastifyRequest): Origin => ({
  address: ip,
  traceparent: typeof traceparent === 'string' ? traceparent : undefined,
});

const RECEIPT = `c2sp.org/tlog-proof@v1
index 16
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

example.org/tin
17
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— example.org/tin Uw6qTAuA…
`;

@ApiTags('ledger')
@Controller('v1')
export class LedgerController {
  constructor(
    private readonly ledger: DescribeLedger,
    private readonly door: ReceiveEvents,
    private readonly answers: AnswerEvents,
    private readonly batch: RecordBatch,
    private readonly events: ReadEvent,
  ) {}

  @Get('ledger')
  @ApiOperation({ summary: 'Origin, keys and size of the log' })
  @ApiOkResponse({ standardSchema: ledgerShape })
  describe(): Promise<Ledger> {
    return this.ledger.describe();
  }

  @Get('ledger/keys')
  @ApiOperation({ summary: 'Every key by which the ledger has spoken, and since when' })
  @ApiOkResponse({ standardSchema: ledgerKeysShape })
  keys(): Promise<LedgerKeys> {
    return this.ledger.keys();
  }

  @Post('events')
  @ApiOperation({ summary: 'Records one signed event' })
  @ApiResponse({ status: 201, description: 'Recorded: id, index and receipt', standardSchema: recordedShape })
  @ApiResponse({ status: 200, description: 'Recorded before: the first answer again', standardSchema: recordedShape })
  @ApiResponse({
    status: 202,
    description: 'Kept until the events that it follows arrive',
    standardSchema: waitingShape,
  })
  async record(
    @Body({ schema: submission }) { event }: z.infer<typeof submission>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { status, body } = await this.answers.single(await this.door.receive(event, originOf(request)));
    reply.status(status);
    return body;
  }

  @Post('events/batch')
  @HttpCode(200)
  @ApiConsumes('application/json', 'application/x-ndjson')
  @ApiBody({
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: { event: { type: 'string', maxLength: batchLimits.maxLineBytes, ...eventText } },
      },
    },
  })
  @ApiOperation({ summary: `Records up to ${batchLimits.maxLines} events in order; one result each` })
  @ApiOkResponse({
    description: 'One result an event; where NDJSON was sent, one a line without the object around them',
    standardSchema: answersShape,
  })
  async recordBatch(
    @Body() body: unknown,
    @Query({ schema: batchQuery }) { receipts }: z.infer<typeof batchQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const results = this.batch.record(body, receipts === 'true', originOf(request));
    await this.batch.send(reply, results, body instanceof Readable);
  }

  @Get('events/:id')
  @ApiOperation({ summary: 'An event as stored' })
  @ApiOkResponse({ standardSchema: storedEventShape })
  event(@Param('id', { schema: eventId }) id: string): Promise<StoredEvent> {
    return this.events.event(id);
  }

  @Get('events/:id/receipt')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Its receipt (C2SP tlog-proof) under the newest checkpoint' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', example: RECEIPT } })
  receipt(@Param('id', { schema: eventId }) id: string): Promise<string> {
    return this.events.receipt(id);
  }
}
