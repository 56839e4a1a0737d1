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

/** Serves the log as C2SP tlog-tiles: hash tiles and checkpoints to anyone, entries only if a setting allows it. */
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
      'With witnesses: the newest checkpoint that meets the quorum. `Last-Modified` is the time at which it did.',
  })
  @ApiOkResponse({ schema: { type: 'string', example: CHECKPOINT } })
  async checkpoint(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { note, witnessedAt } = await this.shown.newest();
    if (witnessedAt !== null) reply.header('last-modified', witnessedAt.toUTCString());
    return note;
  }

  @Get('witnesses')
  @ApiOperation({ summary: 'Shows the age of the checkpoint that readers see, and the last answer of each witness' })
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
    // Tiles never change; entries may be for this reader alone, so shared caches must not store them.
    const whose = path.startsWith('entries/') ? 'private' : 'public';
    reply.header('cache-control', `${whose}, max-age=31536000, immutable`);
    return tile;
  }
}
