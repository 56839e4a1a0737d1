import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import type { Page } from '../../http/paging.js';
import {
  type FindingView,
  type FindingsQuery,
  ListFindings,
  type DeskNote,
  deskNote,
  findingView,
  findingsPage,
  findingsQuery,
} from './list-findings.js';

/** Serves the verifiers' findings. */
@ApiTags('findings')
@Controller('v1/findings')
export class FindingsController {
  constructor(private readonly findings: ListFindings) {}

  @Get()
  @ApiOperation({ summary: 'Findings, the one opened last first; filters rule, severity, status, lot' })
  @ApiOkResponse({ standardSchema: findingsPage })
  list(@Query({ schema: findingsQuery }) query: FindingsQuery): Promise<Page<FindingView>> {
    return this.findings.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One finding' })
  @ApiOkResponse({ standardSchema: findingView })
  byId(@Param('id', { schema: z.uuid() }) id: string): Promise<FindingView> {
    return this.findings.byId(id);
  }

  @Post(':id/responses')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notes who has it in hand; answers that count are signed events (finding.answered)' })
  @ApiOkResponse({ standardSchema: findingView })
  respond(
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: deskNote }) note: DeskNote,
  ): Promise<FindingView> {
    return this.findings.respond(id, note);
  }
}
