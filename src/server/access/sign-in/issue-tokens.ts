import { Injectable } from '@nestjs/common';
import { TOKEN_LIFETIME, buildAccessToken } from '../../../core/access/access-token.js';
import {
  ASSERTION_TYPE,
  type Assertion,
  JWT_BEARER,
  TOKEN_PATH,
  readAssertion,
} from '../../../core/access/assertion.js';
import { type Proof, readProof } from '../../../core/access/dpop.js';
import { tokenInvalid } from '../../../core/access/jwt.js';
import { type Scope, actorScopes, readScopes, scopeText, scopesWithin } from '../../../core/access/scopes.js';
import type { Token, TokenRequest } from '../../../core/api/access/token.js';
import { verifySignature } from '../../../platform/verify-signature.js';
import { Clock } from '../../clock.js';
import { Config } from '../../config/config.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { ActorKeys } from '../actor-keys.js';
import { type OAuthError, oauthError, orOAuthError } from './oauth-error.js';
import { SpentProofs } from '../spent-proofs.js';

/** A request for a token, as it arrived. */
export interface AskedToken {
  asked: TokenRequest;
  /** URLs by which the sender may have called this service. */
  urls: readonly string[];
  /** Content of the header `DPoP`; null: there is none. */
  proof: string | null;
}

/** Exchanges an assertion, signed by the key of an actor, for an access token (RFC 7523). */
@Injectable()
export class IssueTokens {
  constructor(
    private readonly keys: ActorKeys,
    private readonly spent: SpentProofs,
    private readonly identity: LedgerIdentity,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Returns a token. Throws a problem with an error of OAuth. */
  async issue({ asked, urls, proof }: AskedToken): Promise<Token> {
    const { text, refusal } = assertionIn(asked);
    const scopes = scopesAsked(asked.scope);
    const { assertion, serviceKid } = await orOAuthError(refusal, this.assertion(text, urls));
    if (asked.client_id !== undefined && asked.client_id !== assertion.actor)
      throw oauthError(refusal, 'client_id must be the actor of the assertion, or absent.');
    const bound = proof === null ? null : await orOAuthError('invalid_dpop_proof', this.proof(proof, urls));
    await orOAuthError(refusal, this.spendOnce(assertion, 'The assertion was used before.'));
    if (bound !== null)
      await orOAuthError(
        'invalid_dpop_proof',
        this.spendOnce({ kid: bound.jkt, ...bound }, 'The proof was used before.'),
      );
    const { actor, kid: key } = assertion;
    const access = { actor, key, scopes, boundTo: bound?.jkt ?? null };
    return {
      access_token: await buildAccessToken(access, this.config.publicUrl, this.identity.signer(serviceKid), this.now),
      token_type: bound === null ? 'Bearer' : 'DPoP',
      expires_in: TOKEN_LIFETIME,
      scope: scopeText(scopes),
    };
  }

  /** Verifies an assertion and uses it up. Throws `token-invalid`. */
  async use(text: string, urls: readonly string[]): Promise<Assertion> {
    const { assertion } = await this.assertion(text, urls);
    await this.spendOnce(assertion, 'The assertion was used before.');
    return assertion;
  }

  private get now(): number {
    return Math.floor(this.clock.now() / 1_000);
  }

  private async assertion(
    text: string,
    urls: readonly string[],
  ): Promise<{ assertion: Assertion; serviceKid: string }> {
    let serviceKid = '';
    const keyOf = async (kid: string) => {
      const key = await this.keys.find(kid);
      if (key === null || !key.isActive) return null;
      ({ serviceKid } = key);
      return key;
    };
    const assertion = await readAssertion(text, { urls, now: this.now, check: verifySignature, keyOf });
    return { assertion, serviceKid };
  }

  private proof(text: string, urls: readonly string[]): Promise<Proof> {
    const request = { method: 'POST', urls: urls.map((url) => `${url}${TOKEN_PATH}`), now: this.now };
    return readProof(text, request, verifySignature);
  }

  private async spendOnce(proof: { kid: string; jti: string; until: number }, refusal: string): Promise<void> {
    if (!(await this.spent.spend(proof))) throw tokenInvalid(refusal);
  }
}

/** Returns the assertion in a request, and the error of OAuth for a bad one, by the kind of grant. */
function assertionIn(asked: TokenRequest): { text: string; refusal: OAuthError } {
  const { grant_type: grant, client_assertion_type: type, client_assertion: client, assertion } = asked;
  if (grant === JWT_BEARER) {
    if (assertion === undefined) throw oauthError('invalid_request', 'assertion is missing.');
    return { text: assertion, refusal: 'invalid_grant' };
  }
  if (grant !== 'client_credentials')
    throw oauthError('unsupported_grant_type', `grant_type must be client_credentials or ${JWT_BEARER}.`);
  if (client === undefined || type !== ASSERTION_TYPE)
    throw oauthError(
      'invalid_request',
      `client_assertion is missing, or client_assertion_type is not ${ASSERTION_TYPE}.`,
    );
  return { text: client, refusal: 'invalid_client' };
}

function scopesAsked(text: string | undefined): readonly Scope[] {
  if (text === undefined || text === '') return actorScopes;
  const scopes = readScopes(text);
  if (scopes === null || !scopesWithin(scopes, actorScopes))
    throw oauthError('invalid_scope', `An actor may ask for: ${scopeText(actorScopes)}.`);
  return scopes;
}
