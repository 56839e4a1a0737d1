import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { type AccessExplanation, explanationShape } from '../../core/api/access/access.js';
import { type Page, pageShape } from '../../core/api/page.js';
import {
  type Access,
  type MadeShare,
  type NewShare,
  type OpenedShare,
  type Share,
  type Shared,
  accessShape,
  madeShareShape,
  newShare,
  openedShare,
  shareShape,
  sharedShape,
} from '../../core/api/access/share.js';
import { lotIdSchema, registryId } from '../../core/event/primitives.js';
import { type PageQuery, pageQuery } from '../http/paging.js';
import { ExplainAccess } from './explain-access.js';
import { RecordAccesses } from './record-accesses.js';
import { Shares, sharedBy } from './shares.js';

const sharesShape = z.strictObject({ items: z.array(shareShape) });

const explainQuery = z.strictObject({ lot: lotIdSchema, actor: registryId });

/** Serves share links of lots, the record of who read a lot, and why an actor may. */
@ApiTags('access')
@Controller('v1')
export class SharesController {
  constructor(
    private readonly shares: Shares,
    private readonly accesses: RecordAccesses,
    private readonly explanations: ExplainAccess,
  ) {}

  @Get('access/explain')
  @ApiOperation({ summary: 'Explains to the holder of a lot by which rule an actor sees it, or does not' })
  @ApiOkResponse({ standardSchema: explanationShape })
  explain(@Query({ schema: explainQuery }) { lot, actor }: z.infer<typeof explainQuery>): Promise<AccessExplanation> {
    return this.explanations.explain(lot, actor);
  }

  @Post('lots/:id/shares')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Makes a link that shows one lot to who has it, until a time or its withdrawal' })
  @ApiCreatedResponse({ standardSchema: madeShareShape })
  make(
    @Param('id', { schema: lotIdSchema }) id: string,
    @Body({ schema: newShare }) asked: NewShare,
  ): Promise<MadeShare> {
    return this.shares.make(id, asked);
  }

  @Get('lots/:id/shares')
  @ApiOperation({ summary: "Lists the viewer's share links of a lot, and how often each was used" })
  @ApiOkResponse({ standardSchema: sharesShape })
  async list(@Param('id', { schema: lotIdSchema }) id: string): Promise<{ items: Share[] }> {
    return { items: await this.shares.list(id) };
  }

  @Delete('shares/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a share link at once' })
  @ApiNoContentResponse({ description: 'It has ended' })
  withdraw(@Param('id', { schema: z.uuid() }) id: string): Promise<void> {
    return this.shares.withdraw(id);
  }

  @Get('shared')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Describes the share link that the request has' })
  @ApiOkResponse({ standardSchema: sharedShape })
  shared(): Shared {
    return this.shares.shown();
  }

  @Post('shared')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Exchanges the secret of a share link for cookies, which only the pages of its lot get' })
  @ApiOkResponse({ standardSchema: sharedShape })
  async open(
    @Body({ schema: openedShare }) { secret }: OpenedShare,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Shared> {
    const viewer = await this.shares.viewerOf(secret);
    void reply.header('set-cookie', this.shares.cookies(secret, viewer));
    return sharedBy(viewer);
  }

  @Get('lots/:id/accesses')
  @ApiOperation({ summary: 'Lists who read a lot, for its holder; the newest read first' })
  @ApiOkResponse({ standardSchema: pageShape(accessShape) })
  read(
    @Param('id', { schema: lotIdSchema }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<Access>> {
    return this.accesses.list(id, query);
  }
}
