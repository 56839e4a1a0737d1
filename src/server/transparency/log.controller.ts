import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Witnessing, witnessingShape } from '../../core/api/witnessing.js';
import { plainText } from '../../core/api/values.js';
import { ReadTiles } from './read-tiles.js';
import { ShowCheckpoint } from './show-checkpoint.js';

const CHECKPOINT = `example.org/tin
17
qJ1xRk3oQ2N3y2yH7mWq3XWm4m2l8uG1yX0k7m0b4tA=

— example.org/tin Uw6qTAuA…
`;

/** The log as C2SP tlog-tiles: anyone may read hash tiles and checkpoints; entries only where a setting allows it. */
@ApiTags('log')
@Controller('log')
export class LogController {
  constructor(
    private readonly shown: ShowCheckpoint,
    private readonly tiles: ReadTiles,
  ) {}

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @ApiProduces('text/plain')
  @ApiOperation({
    summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)',
    description:
      'Where the ledger has witnesses: the newest that enough of them have cosigned. `Last-Modified` says when they had.',
  })
  @ApiOkResponse({ schema: { type: 'string', example: CHECKPOINT } })
  async checkpoint(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { note, witnessedAt } = await this.shown.newest();
    if (witnessedAt !== null) reply.header('last-modified', witnessedAt.toUTCString());
    return note;
  }

  @Get('witnesses')
  @ApiOperation({ summary: 'How old the checkpoint is that readers see, and how each witness answered last' })
  @ApiOkResponse({ standardSchema: witnessingShape })
  witnesses(): Promise<Witnessing> {
    return this.shown.witnesses();
  }

  @Get('tile/*')
  @Header('content-type', 'application/octet-stream')
  @ApiProduces('application/octet-stream')
  @ApiOperation({ summary: 'A hash tile or an entry bundle (C2SP tlog-tiles)' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async tile(
    @Param('*', { schema: plainText(200) }) path: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const tile = await this.tiles.read(`tile/${path}`);
    // Tiles never change, and entries may be meant for this reader alone.
    const whose = path.startsWith('entries/') ? 'private' : 'public';
    reply.header('cache-control', `${whose}, max-age=31536000, immutable`);
    return tile;
  }
}
