import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Access, type VerifiedToken, readAccessToken } from '../../../core/access/access-token.js';
import { readProof } from '../../../core/access/dpop.js';
import { tokenInvalid } from '../../../core/access/jwt.js';
import type { Viewer } from '../../../core/access/viewer.js';
import { verifySignature } from '../../../platform/verify-signature.js';
import { Clock } from '../../clock.js';
import { Config } from '../../config/config.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { ActorKeys } from '../actor-keys.js';
import { ownUrls } from '../own-urls.js';
import { SpentProofs } from '../spent-proofs.js';

/** Verified tokens kept at most. */
const KEPT = 10_000;

/** Recognises actors by access tokens, and by the proofs of the key to which a token is bound. */
@Injectable()
export class AccessTokens {
  /** Tokens that were verified here, by their text: a signature does not change, what it depends on is checked each time. */
  private readonly verified = new Map<string, VerifiedToken>();

  constructor(
    private readonly keys: ActorKeys,
    private readonly spent: SpentProofs,
    private readonly identity: LedgerIdentity,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Returns the viewer of a token that is bound to no key. Throws `token-invalid`. */
  async byBearer(token: string): Promise<Viewer> {
    const access = await this.access(token);
    if (access.boundTo !== null) throw tokenInvalid('The token is bound to a key: send it as DPoP, with a proof.');
    return viewerBy(access);
  }

  /** Returns the viewer of a token that is bound to the key of a proof, which it uses up. Throws `token-invalid`. */
  async byProof(token: string, request: FastifyRequest): Promise<Viewer> {
    const { dpop } = request.headers;
    if (typeof dpop !== 'string') throw tokenInvalid('The header DPoP with a proof is missing.');
    const access = await this.access(token);
    const path = request.url.split('?', 1)[0] ?? '';
    const urls = ownUrls(this.config, request).map((url) => `${url}${path}`);
    const proven = { method: request.method, urls, now: this.now, accessToken: token };
    const { jkt, ...proof } = await readProof(dpop, proven, verifySignature);
    if (jkt !== access.boundTo) throw tokenInvalid('The token is bound to another key than the one of the proof.');
    if (!(await this.spent.spend({ kid: jkt, ...proof }))) throw tokenInvalid('The proof was used before.');
    return viewerBy(access);
  }

  /** Verifies an access token, and that the key for which it was issued is active and is its actor's. */
  private async access(token: string): Promise<Access> {
    const { signedBy, expiresAt, ...access } = this.verified.get(token) ?? (await this.verify(token));
    if (expiresAt <= this.now) throw tokenInvalid('The token has expired.');
    const key = await this.keys.recent(access.key);
    if (key === null || !key.isActive || key.actor !== access.actor)
      throw tokenInvalid('The key for which the token was issued has been revoked, or its actor suspended.');
    if (key.serviceKid !== signedBy) throw tokenInvalid('The token is signed by a former key of this service.');
    return access;
  }

  private async verify(token: string): Promise<VerifiedToken> {
    const serviceKey = (kid: string) => this.identity.serviceJwk(kid);
    const circumstances = { url: this.config.publicUrl, now: this.now, check: verifySignature, serviceKey };
    const verified = await readAccessToken(token, circumstances);
    if (this.verified.size >= KEPT) this.verified.clear();
    this.verified.set(token, verified);
    return verified;
  }

  private get now(): number {
    return Math.floor(this.clock.now() / 1_000);
  }
}

const viewerBy = ({ actor, scopes, key }: Access): Viewer => ({ kind: 'actor', actor, scopes, signedInBy: key });
