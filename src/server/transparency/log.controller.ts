import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ReadTiles } from './read-tiles.js';
import { SealLog } from './seal-log.js';

/** The log as C2SP tlog-tiles: anyone may read hash tiles and checkpoints; entries only where a setting allows it. */
@ApiTags('log')
@Controller('log')
export class LogController {
  constructor(
    private readonly sealed: SealLog,
    private readonly tiles: ReadTiles,
  ) {}

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)' })
  async checkpoint(): Promise<string> {
    return (await this.sealed.newestCheckpoint()).note;
  }

  @Get('tile/*')
  @Header('content-type', 'application/octet-stream')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @ApiProduces('application/octet-stream')
  @ApiOperation({ summary: 'A hash tile or an entry bundle (C2SP tlog-tiles)' })
  tile(@Param('*') path: string): Promise<Buffer> {
    return this.tiles.read(`tile/${path}`);
  }
}
