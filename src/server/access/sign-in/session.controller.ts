import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  type NewSession,
  type Session,
  type SignInLink,
  newSession,
  sessionShape,
  signInLinkShape,
} from '../../../core/api/access/session.js';
import { isMachine } from '../../../core/access/viewer.js';
import { AditError } from '../../../core/errors.js';
import { Config } from '../../config/config.js';
import { viewerNow } from '../../http/viewing.js';
import { IssueTokens } from './issue-tokens.js';
import { calledUrl, ownUrls } from '../own-urls.js';
import { Sessions, describeViewer } from './sessions.js';
import { SignInLinks } from './sign-in-links.js';

@ApiTags('access')
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly links: SignInLinks,
    private readonly tokens: IssueTokens,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Signs a browser in, by a sign-in link or an assertion, and sets its cookie' })
  @ApiOkResponse({ standardSchema: sessionShape })
  async begin(
    @Body({ schema: newSession }) { secret, assertion }: NewSession,
    @Req() request: FastifyRequest,
  ): Promise<Session> {
    if (secret !== undefined) {
      await this.links.use(secret);
      return this.sessions.begin(request, { actor: null, by: null });
    }
    const { actor, kid } = await this.tokens.use(assertion ?? '', ownUrls(this.config, request));
    return this.sessions.begin(request, { actor, by: kid });
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who you are here, by whatever proves it, and until when' })
  @ApiOkResponse({ standardSchema: sessionShape })
  read(@Req() request: FastifyRequest): Session {
    return describeViewer(viewerNow(), request);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Signs a browser out' })
  @ApiNoContentResponse({ description: 'Done' })
  async end(@Req() request: FastifyRequest): Promise<void> {
    await this.sessions.end(request);
  }

  @Post('links')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Makes a link by which the operator signs in with a browser, once, within 15 minutes' })
  @ApiCreatedResponse({ standardSchema: signInLinkShape })
  link(@Req() request: FastifyRequest): SignInLink {
    if (isMachine(viewerNow()))
      throw new AditError('not-allowed', 'A key for machines signs nobody in: use the token of the operator.');
    return this.links.create(calledUrl(this.config, request));
  }
}
