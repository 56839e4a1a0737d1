import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { plainText } from '../../core/api/values.js';
import { BuiltFiles } from './built-files.js';

/** Serves the style and the programs of the pages; a name never gets other contents. */
@ApiTags('pages')
@Controller('assets')
export class AssetsController {
  constructor(private readonly files: BuiltFiles) {}

  @Get(':name')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @ApiProduces('text/css', 'text/javascript')
  @ApiOperation({ summary: 'A style sheet or program of the pages' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  file(@Param('name', { schema: plainText(200) }) name: string): StreamableFile {
    const { bytes, type } = this.files.file(name);
    return new StreamableFile(bytes, { type, length: bytes.length });
  }
}
