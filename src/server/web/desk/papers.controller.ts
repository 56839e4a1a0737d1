import { Controller, Get, Param, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type * as z from 'zod';
import { plainText } from '../../../core/api/values.js';
import { AditError } from '../../../core/errors.js';
import { eventIdSchema } from '../../../core/event/primitives.js';
import { sayIn } from '../../../web/phrases.js';
import { Clock } from '../../clock.js';
import { HeavyReads } from '../../http/heavy-reads.js';
import { type Visit, Visiting, languageOf } from '../visit.js';
import { lotsQuery } from './desk-queries.js';
import { GatherPapers } from './gather-papers.js';

const PDF = { type: 'string', format: 'binary' } as const;

/** Serves what goes with the goods on paper: labels and waybills. What prints is loaded with the first paper. */
@ApiTags('pages')
@UseInterceptors(HeavyReads)
@Controller('desk')
export class PapersController {
  constructor(
    private readonly papers: GatherPapers,
    private readonly clock: Clock,
  ) {}

  @Get('labels.pdf')
  @ApiProduces('application/pdf')
  @ApiOperation({ summary: 'Labels of lots, with QR code and GS1 DataMatrix, as PDF' })
  @ApiOkResponse({ schema: PDF })
  async labels(
    @Visiting() visit: Visit,
    @Query({ schema: lotsQuery }) { lot: ids }: z.infer<typeof lotsQuery>,
  ): Promise<StreamableFile> {
    if (ids.length === 0) throw new AditError('request-invalid', 'Choose the lots first.');
    const say = sayIn(languageOf(visit.request));
    const labels = await this.papers.labels(say, ids);
    const { printLabels } = await import('./print-labels.js');
    return this.file(visit, await printLabels(say, labels, new Date(this.clock.now())), 'labels.pdf');
  }

  @Get('waybill/:event')
  @ApiProduces('application/pdf')
  @ApiOperation({ summary: 'The waybill of a dispatch as PDF; the id of the event may be followed by .pdf' })
  @ApiOkResponse({ schema: PDF })
  async waybill(
    @Visiting() visit: Visit,
    @Param('event', { schema: plainText(64) }) asked: string,
  ): Promise<StreamableFile> {
    const id = eventIdSchema.safeParse(asked.replace(/\.pdf$/, ''));
    if (!id.success) throw new AditError('not-found', 'There is no such dispatch.');
    const say = sayIn(languageOf(visit.request));
    const { printWaybill } = await import('./print-waybill.js');
    const pdf = await printWaybill(say, await this.papers.waybill(say, id.data));
    return this.file(visit, pdf, `waybill-${id.data.slice(0, 8)}.pdf`);
  }

  private file({ reply }: Visit, pdf: Buffer, name: string): StreamableFile {
    void reply.header('cache-control', 'private, no-store').header('vary', 'accept-language, cookie');
    const disposition = `attachment; filename="${name}"`;
    return new StreamableFile(pdf, { type: 'application/pdf', length: pdf.length, disposition });
  }
}
