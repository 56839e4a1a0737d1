import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { registryId, text } from '../../core/event/primitives.js';
import { ListVolumes, type Volumes } from './list-volumes.js';
import { type SeenTag, SightTag } from './sight-tag.js';

const tagNumber: z.ZodType<string> = text(64);

/** What the ledger knows of a site's output and of a tag's way. */
@ApiTags('registry')
@Controller('v1')
export class PlacesController {
  constructor(
    private readonly volumes: ListVolumes,
    private readonly tags: SightTag,
  ) {}

  @Get('sites/:id/volumes')
  @ApiOperation({ summary: 'Mass declared and tagged month by month, against what the site can dig' })
  list(@Param('id', { schema: registryId }) id: string): Promise<Volumes> {
    return this.volumes.list(id);
  }

  @Get('tags/:number')
  @ApiOperation({ summary: 'Where a tag was issued, put on, voided, and what carries it' })
  tag(@Param('number', { schema: tagNumber }) number: string): Promise<SeenTag> {
    return this.tags.sight(number);
  }
}
