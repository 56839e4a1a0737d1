import { Controller, Get, Param, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Impact, impactShape } from '../../core/api/impact.js';
import { type Lineage, lineageShape } from '../../core/api/lot.js';
import { MAX_SIZES, bundleSchema } from '../../core/bundle/bundle.js';
import { HeavyReads } from '../http/heavy-reads.js';
import { LotRights } from '../ledger/read/lot-rights.js';
import { lotId } from './lot-id.js';
import { MakeBundle } from './make-bundle.js';
import { TraceImpact } from './trace-impact.js';
import { MAX_DEPTH, TraceLineage } from './trace-lineage.js';

const lineageQuery = z.strictObject({
  direction: z.enum(['upstream', 'downstream']).default('upstream'),
  depth: z.coerce.number().int().min(1).max(MAX_DEPTH).default(MAX_DEPTH),
});

const bundleQuery = z.strictObject({
  disclosures: z.enum(['all', 'none']).default('all'),
  sealed: z.enum(['last', 'now']).default('last'),
  continues: z
    .string()
    .max(MAX_SIZES * 16)
    .regex(/^[1-9][0-9]{0,14}(,[1-9][0-9]{0,14})*$/, 'must be sizes of the log, with commas between')
    .transform((text) => text.split(',').map(Number))
    .refine((sizes) => sizes.length <= MAX_SIZES, `at most ${MAX_SIZES} sizes`)
    .default([]),
});

/** Serves what a lot was made of and what was made of it: lineage, bundle and recall. */
@ApiTags('lots')
@Controller('v1/lots')
export class LotProvenanceController {
  constructor(
    private readonly lineage: TraceLineage,
    private readonly impacts: TraceImpact,
    private readonly bundles: MakeBundle,
    private readonly rights: LotRights,
  ) {}

  @Get(':id/lineage')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Traces the ancestors or descendants of a lot' })
  @ApiOkResponse({ standardSchema: lineageShape })
  trace(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: lineageQuery }) { direction, depth }: z.infer<typeof lineageQuery>,
  ): Promise<Lineage> {
    return this.lineage.trace(id, direction, depth);
  }

  @Get(':id/bundle')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Makes the provenance bundle of a lot, which verifies offline' })
  @ApiOkResponse({ standardSchema: bundleSchema })
  async bundle(
    @Param('id', { schema: lotId }) id: string,
    @Query({ schema: bundleQuery }) { disclosures, sealed, continues }: z.infer<typeof bundleQuery>,
  ): Promise<StreamableFile> {
    await this.rights.requireWhole(id);
    const opening = disclosures === 'all' ? await this.rights.opening() : null;
    const options = { opening, sealed: sealed === 'now', continues };
    const stream = await this.bundles.make(id, options);
    return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
  }

  @Get(':id/impact')
  @UseInterceptors(HeavyReads)
  @ApiOperation({ summary: 'Traces a recall: the lots that contain this one, how much, and their holders' })
  @ApiOkResponse({ standardSchema: impactShape })
  impact(@Param('id', { schema: lotId }) id: string): Promise<Impact> {
    return this.impacts.trace(id);
  }
}
