import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Page } from '../http/paging.js';
import { AlertFeed } from './alert-feed.js';
import type { Alert } from './alert.js';
import { type AlertFilters, streamQuery } from './alert-filter.js';
import { type Assignment, ChangeAlert, type DeskNote, assignment, deskNote } from './change-alert.js';
import { StreamPlaces } from './stream-places.js';
import { type AlertChange, type AlertsQuery, ListAlerts, alertsQuery } from './list-alerts.js';

const alertId = z.uuid();
const eventNumber = /^[0-9]{1,15}$/;

@ApiTags('alerts')
@Controller('v1/alerts')
export class AlertsController {
  constructor(
    private readonly alerts: ListAlerts,
    private readonly changes: ChangeAlert,
    private readonly feed: AlertFeed,
    private readonly places: StreamPlaces,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Alerts, the newest change first' })
  list(@Query({ schema: alertsQuery }) query: AlertsQuery): Promise<Page<Alert>> {
    return this.alerts.list(query);
  }

  @Get('stream')
  @ApiProduces('text/event-stream')
  @ApiOperation({ summary: 'What is told of alerts, as it is told; resumes after Last-Event-ID' })
  async stream(
    @Headers('last-event-id') last: string | undefined,
    @Query({ schema: streamQuery }) filters: AlertFilters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const leave = this.places.take(request.ip);
    request.raw.socket.once('close', leave);
    const newest = await this.feed.newest();
    const from = last !== undefined && eventNumber.test(last) ? Math.min(Number(last), newest) : newest;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Proxies such as nginx would keep what is written until there is much of it.
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    });
    reply.raw.flushHeaders();
    await this.feed.follow(reply.raw, from, filters).finally(leave);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One alert' })
  alert(@Param('id', { schema: alertId }) id: string): Promise<Alert & { changes: AlertChange[] }> {
    return this.alerts.read(id);
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notes that somebody has taken it in hand' })
  acknowledge(
    @Param('id', { schema: alertId }) id: string,
    @Body({ schema: deskNote }) note: DeskNote,
  ): Promise<Alert> {
    return this.changes.change(id, 'acknowledged', note);
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notes that the desk is done with it' })
  resolve(@Param('id', { schema: alertId }) id: string, @Body({ schema: deskNote }) note: DeskNote): Promise<Alert> {
    return this.changes.change(id, 'resolved', note);
  }

  @Post(':id/assign')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notes who is to answer for it' })
  assign(
    @Param('id', { schema: alertId }) id: string,
    @Body({ schema: assignment }) assigned: Assignment,
  ): Promise<Alert> {
    return this.changes.assign(id, assigned);
  }
}
