import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Page, pageShape } from '../../../core/api/page.js';
import { type FindingNote, type ListedFinding, findingNote, findingShape } from '../../../core/api/finding.js';
import { type FindingsQuery, ListFindings, findingsQuery } from './list-findings.js';

/** Serves the verifiers' findings. */
@ApiTags('findings')
@Controller('v1/findings')
export class FindingsController {
  constructor(private readonly findings: ListFindings) {}

  @Get()
  @ApiOperation({ summary: 'Findings, the one opened last first; filters rule, severity, status, lot' })
  @ApiOkResponse({ standardSchema: pageShape(findingShape) })
  list(@Query({ schema: findingsQuery }) query: FindingsQuery): Promise<Page<ListedFinding>> {
    return this.findings.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One finding' })
  @ApiOkResponse({ standardSchema: findingShape })
  byId(@Param('id', { schema: z.uuid() }) id: string): Promise<ListedFinding> {
    return this.findings.byId(id);
  }

  @Post(':id/responses')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notes who has it in hand; answers that count are signed events (finding.answered)' })
  @ApiOkResponse({ standardSchema: findingShape })
  respond(
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: findingNote }) note: FindingNote,
  ): Promise<ListedFinding> {
    return this.findings.respond(id, note);
  }
}
