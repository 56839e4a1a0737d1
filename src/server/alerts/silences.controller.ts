import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Page, pageShape } from '../../core/api/page.js';
import {
  type NewSilence,
  type Silence,
  endedBy,
  newSilence,
  silenceShape,
  silencesQuery,
} from '../../core/api/alerts/silence.js';
import { SilenceAlerts } from './silence-alerts.js';
import { Jobs } from '../queue/jobs.js';

const silenceId = z.uuid();

@ApiTags('alerts')
@Controller('v1/silences')
export class SilencesController {
  constructor(
    private readonly silences: SilenceAlerts,
    private readonly jobs: Jobs,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Silences alerts until a time and for a reason' })
  @ApiCreatedResponse({ standardSchema: silenceShape })
  silence(@Body({ schema: newSilence }) silence: NewSilence): Promise<Silence> {
    return this.silences.silence(silence);
  }

  @Get()
  @ApiOperation({ summary: 'Silences in force; ?ended=include lists earlier ones too' })
  @ApiOkResponse({ standardSchema: pageShape(silenceShape) })
  async list(@Query({ schema: silencesQuery }) { ended }: z.infer<typeof silencesQuery>): Promise<Page<Silence>> {
    return { items: await this.silences.list(ended === 'include'), next: null };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a silence; its alerts are notified now. ?by= names the person' })
  @ApiNoContentResponse({ description: 'Done' })
  async end(
    @Param('id', { schema: silenceId }) id: string,
    @Query({ schema: endedBy }) { by }: z.infer<typeof endedBy>,
  ): Promise<void> {
    await this.silences.end(id, by ?? null);
    await this.jobs.wake('raise');
  }
}
