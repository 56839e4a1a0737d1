import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { tokenInvalid } from '../../core/access/jwt.js';
import { operatorScopes } from '../../core/access/scopes.js';
import { secretKind } from '../../core/access/secret-text.js';
import { NOBODY, type Viewer } from '../../core/access/viewer.js';
import { Identify } from '../http/viewing.js';
import { AccessTokens } from './sign-in/access-tokens.js';
import { OperatorToken } from './operator-token.js';
import { Shares } from './shares.js';
import { RecogniseMachines } from './recognise-machines.js';
import { Sessions } from './sign-in/sessions.js';

const OPERATOR: Viewer = { kind: 'operator', scopes: operatorScopes };

/** Recognises viewers by what a request proves: an access token of an actor, a key for machines, the token of the operator, or a session. */
@Injectable()
export class IdentifyViewers extends Identify {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly operator: OperatorToken,
    private readonly shares: Shares,
    private readonly machines: RecogniseMachines,
    private readonly sessions: Sessions,
  ) {
    super();
  }

  override async prepare(app: NestFastifyApplication): Promise<void> {
    await this.sessions.accept(app);
  }

  async viewerOf(request: FastifyRequest): Promise<Viewer> {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      const reader = await this.sessions.viewerOf(request);
      return (await this.shares.viewerByCookie(request, reader)) ?? reader ?? NOBODY;
    }
    const [, scheme = '', token = ''] = /^(\S+) +(\S+)$/.exec(authorization) ?? [];
    if (scheme.toLowerCase() === 'dpop') return this.tokens.byProof(token, request);
    if (scheme.toLowerCase() === 'share') return this.shares.viewerOf(token);
    if (scheme.toLowerCase() === 'bearer') return this.byBearer(token);
    throw tokenInvalid('The header Authorization must be "Bearer", "DPoP" or "Share", one space and a token.');
  }

  private async byBearer(token: string): Promise<Viewer> {
    const kind = secretKind(token);
    if (kind === null) return this.tokens.byBearer(token);
    if (kind === 'mistyped') throw tokenInvalid('The token is mistyped or cut off: its checksum does not fit.');
    if (kind === 'live') return this.machines.viewerOf(token);
    if (this.operator.matches(token)) return OPERATOR;
    throw tokenInvalid('The token is not known here.');
  }
}
