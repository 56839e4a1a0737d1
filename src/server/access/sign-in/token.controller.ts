import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type Token, tokenRequest, tokenShape } from '../../../core/api/access/token.js';
import { Config } from '../../config/config.js';
import { IssueTokens } from './issue-tokens.js';
import { oauthError } from './oauth-error.js';
import { ownUrls } from '../own-urls.js';

/** Describes the request in OpenAPI; its faults are errors of OAuth, so no pipe reports them. */
const { $schema: _, ...requestSchema } = z.toJSONSchema(tokenRequest, { io: 'input' });

@ApiTags('access')
@Controller('v1/token')
export class TokenController {
  constructor(
    private readonly tokens: IssueTokens,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Exchanges an assertion, signed by the key of an actor, for an access token (RFC 7523, RFC 9449)',
  })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiBody({ schema: requestSchema as object })
  @ApiOkResponse({ standardSchema: tokenShape })
  token(@Body() body: unknown, @Req() request: FastifyRequest): Promise<Token> {
    const { data, error } = tokenRequest.safeParse(body ?? {});
    if (data === undefined) {
      const [issue] = error.issues;
      throw oauthError('invalid_request', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? ''}`);
    }
    const { dpop } = request.headers;
    return this.tokens.issue({
      asked: data,
      urls: ownUrls(this.config, request),
      proof: dpop === undefined ? null : String(dpop),
    });
  }
}
