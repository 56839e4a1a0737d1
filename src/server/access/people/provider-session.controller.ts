import { Controller, Get, Header, Redirect, Req } from '@nestjs/common';
import { ApiFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { tokenInvalid } from '../../../core/access/jwt.js';
import { AditError } from '../../../core/errors.js';
import { Config } from '../../config/config.js';
import { calledUrl } from '../own-urls.js';
import { cookieOf } from '../sign-in/session-cookie.js';
import { Sessions } from '../sign-in/sessions.js';
import { IdentityProvider } from './identity-provider.js';
import { KnownPeople } from './known-people.js';
import { byPerson } from './signed-in-by.js';

/** The content of a redirect. */
const EMPTY = { type: 'string' } as const;
const PATH = '/v1/session/oidc/callback';

/** Signs people in through the identity provider: a browser goes there and comes back. */
@ApiTags('access')
@Controller('v1/session/oidc')
export class ProviderSessionController {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly people: KnownPeople,
    private readonly sessions: Sessions,
    private readonly config: Config,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Redirect()
  @ApiOperation({ summary: 'Sends a browser to the identity provider, to sign in' })
  @ApiFoundResponse({ description: 'To the identity provider', schema: EMPTY })
  async begin(@Req() request: FastifyRequest): Promise<{ url: string }> {
    const session = cookieOf(request);
    if (session === null)
      throw new AditError('request-invalid', 'This service takes no sessions, because ADIT_ACCESS is open.');
    const { url, attempt } = await this.provider.begin(`${calledUrl(this.config, request)}${PATH}`);
    session.set('attempt', attempt);
    return { url };
  }

  @Get('callback')
  @Header('cache-control', 'no-store')
  @Redirect('/')
  @ApiOperation({ summary: 'Where the identity provider sends a browser back' })
  @ApiFoundResponse({ description: 'To the start page, signed in', schema: EMPTY })
  async complete(@Req() request: FastifyRequest): Promise<void> {
    const session = cookieOf(request);
    const attempt = session?.get('attempt');
    if (attempt === undefined) throw tokenInvalid('This browser did not begin the sign-in: begin again.');
    // An attempt is for one return.
    session?.set('attempt', undefined);
    const subject = await this.provider.complete(new URL(`${calledUrl(this.config, request)}${request.url}`), attempt);
    const issuer = this.config.oidcIssuer ?? '';
    const person = await this.people.bySubject(issuer, subject);
    if (person === null)
      throw new AditError(
        'not-allowed',
        `You have no access yet: give the operator of this ledger your subject, ${subject}.`,
      );
    const { id, actor, scopes } = person;
    this.sessions.begin(request, { actor, by: byPerson(id), scopes });
  }
}
