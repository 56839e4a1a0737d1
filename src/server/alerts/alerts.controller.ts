import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import {
  type Alert,
  type AlertWithChanges,
  type Assignment,
  type DeskNote,
  alertShape,
  alertWithChangesShape,
  assignment,
  deskNote,
} from '../../core/api/alerts/alert.js';
import { type Page, pageShape } from '../../core/api/page.js';
import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';
import { AlertSight } from './alert-sight.js';
import { AlertFeed } from './alert-feed.js';
import { streamQuery } from './alert-filter.js';
import { ChangeAlert } from './change-alert.js';
import { StreamPlaces } from './stream-places.js';
import { type AlertsQuery, ListAlerts, alertsQuery } from './list-alerts.js';

const alertId = z.uuid();
const eventNumber = /^[0-9]{1,15}$/;
const STREAM = `event: alert
id: 17
data: {"id":"6d0f9c53-8f43-4a1e-9d52-0e6f2c1b7a10","rule":"mass-gained","severity":"high","status":"open"}

`;

@ApiTags('alerts')
@Controller('v1/alerts')
export class AlertsController {
  constructor(
    private readonly alerts: ListAlerts,
    private readonly changes: ChangeAlert,
    private readonly feed: AlertFeed,
    private readonly places: StreamPlaces,
    private readonly sight: AlertSight,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Alerts, the newest change first' })
  @ApiOkResponse({ standardSchema: pageShape(alertShape) })
  list(@Query({ schema: alertsQuery }) query: AlertsQuery): Promise<Page<Alert>> {
    return this.alerts.list(query);
  }

  @Get('stream')
  @ApiProduces('text/event-stream')
  @ApiOperation({ summary: 'Notifications of alerts as they are sent; resumes after Last-Event-ID' })
  @ApiOkResponse({
    schema: {
      type: 'string',
      description: '`data` of each message is the alert as it was then, like those of GET /v1/alerts',
      example: STREAM,
    },
  })
  async stream(
    @Headers('last-event-id') last: string | undefined,
    @Query({ schema: streamQuery }) filters: AlertFilters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sight.requireFilters(filters, '');
    const leave = this.places.take(request.ip);
    request.raw.socket.once('close', leave);
    const newest = await this.feed.newest();
    const from = last !== undefined && eventNumber.test(last) ? Math.min(Number(last), newest) : newest;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Stops proxies such as nginx from buffering the stream.
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    });
    reply.raw.flushHeaders();
    await this.feed.follow(reply.raw, from, filters).finally(leave);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One alert' })
  @ApiOkResponse({ standardSchema: alertWithChangesShape })
  alert(@Param('id', { schema: alertId }) id: string): Promise<AlertWithChanges> {
    return this.alerts.read(id);
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Acknowledges an alert' })
  @ApiOkResponse({ standardSchema: alertShape })
  acknowledge(
    @Param('id', { schema: alertId }) id: string,
    @Body({ schema: deskNote }) note: DeskNote,
  ): Promise<Alert> {
    return this.changes.change(id, 'acknowledged', note);
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resolves an alert' })
  @ApiOkResponse({ standardSchema: alertShape })
  resolve(@Param('id', { schema: alertId }) id: string, @Body({ schema: deskNote }) note: DeskNote): Promise<Alert> {
    return this.changes.change(id, 'resolved', note);
  }

  @Post(':id/assign')
  @HttpCode(200)
  @ApiOperation({ summary: 'Assigns an alert to a person' })
  @ApiOkResponse({ standardSchema: alertShape })
  assign(
    @Param('id', { schema: alertId }) id: string,
    @Body({ schema: assignment }) assigned: Assignment,
  ): Promise<Alert> {
    return this.changes.assign(id, assigned);
  }
}
