import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import {
  type DryRunAnswer,
  type DryRunAnswers,
  dryRunShape,
  dryRunsShape,
  eventText,
} from '../../../core/api/event.js';
import { MAX_BODY_BYTES } from '../../http/fastify.js';
import { DryRun, MAX_DRY_RUN } from './dry-run.js';

/** Characters of the name of a claim. */
const MAX_NAME = 64;

const claims = z
  .record(z.string().max(MAX_NAME), z.unknown())
  .describe('What is to be signed, whole: `log`, `type`, `iss`, `iat`, `jti`, `occurredAt` and the claims of the type');
const item = z.strictObject({
  event: z.union([z.string().max(MAX_BODY_BYTES).meta(eventText), claims]),
});
const items = z.array(item).min(1).max(MAX_DRY_RUN);

@ApiTags('ledger')
@Controller('v1/events/check')
export class DryRunController {
  constructor(private readonly dryRun: DryRun) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'What the ledger would answer to an event, signed or not; records nothing' })
  @ApiOkResponse({ standardSchema: dryRunShape })
  async check(@Body({ schema: item }) { event }: z.infer<typeof item>, @Ip() address: string): Promise<DryRunAnswer> {
    const [answer] = await this.dryRun.judge([event], address);
    return answer as DryRunAnswer;
  }

  @Post('batch')
  @HttpCode(200)
  @ApiOperation({
    summary: `The same for up to ${MAX_DRY_RUN} events, each as if those before it had been recorded`,
  })
  @ApiOkResponse({ standardSchema: dryRunsShape })
  async checkBatch(
    @Body({ schema: items }) body: z.infer<typeof items>,
    @Ip() address: string,
  ): Promise<DryRunAnswers> {
    return {
      results: await this.dryRun.judge(
        body.map(({ event }) => event),
        address,
      ),
    };
  }
}
