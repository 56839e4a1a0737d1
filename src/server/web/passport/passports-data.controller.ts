import { Controller, Get, Header, Param, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type PassportData, passportDataShape } from '../../../core/api/access/passport.js';
import { plainText } from '../../../core/api/values.js';
import { bundleSchema } from '../../../core/bundle/bundle.js';
import { Passports } from '../../access/passports.js';
import { HeavyReads } from '../../http/heavy-reads.js';
import { PassportEvidence } from './passport-evidence.js';
import { TellPassport } from './tell-passport.js';

const code = plainText(40);

/** Serves published passports and their evidence to programs. */
@ApiTags('passports')
@UseInterceptors(HeavyReads)
@Controller('v1/passports')
export class PassportsDataController {
  constructor(
    private readonly passports: Passports,
    private readonly told: TellPassport,
    private readonly evidence: PassportEvidence,
  ) {}

  @Get(':code')
  @Header('cache-control', 'public, max-age=60')
  @ApiOperation({ summary: 'A published passport, for everyone' })
  @ApiOkResponse({ standardSchema: passportDataShape })
  async passport(@Param('code', { schema: code }) asked: string): Promise<PassportData> {
    return this.told.tell(await this.passports.byCode(asked));
  }

  @Get(':code/evidence')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The bundle behind a passport, without disclosures, where its publisher lets everyone have it',
  })
  @ApiOkResponse({ standardSchema: bundleSchema })
  async bundle(@Param('code', { schema: code }) asked: string): Promise<StreamableFile> {
    const stream = await this.evidence.make(await this.passports.byCode(asked));
    return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
  }
}
