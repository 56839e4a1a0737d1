import { readFileSync } from 'node:fs';
import { Injectable, Logger } from '@nestjs/common';
import type { Configuration, CustomFetch } from 'openid-client';
import { tokenInvalid } from '../../../core/access/jwt.js';
import { AditError } from '../../../core/errors.js';
import { hostnameOf, isLoopback } from '../../config/config-values.js';
import { Config } from '../../config/config.js';

/** Time of one request to the provider at most, s, and bytes of one answer. */
const TIME_LIMIT = 10;
const MAX_ANSWER = 256 * 1024;
/** Time for which a person may stay at the provider, ms. */
const ATTEMPT = 10 * 60_000;

/** What the browser keeps, encrypted, until it comes back from the provider. */
export interface SignInAttempt {
  state: string;
  nonce: string;
  verifier: string;
  /** ms since 1970 UTC. */
  until: number;
}

/** Signs people in by OpenID Connect: authorization code with PKCE, state and nonce. Requests go to the configured provider alone. */
@Injectable()
export class IdentityProvider {
  private readonly logger = new Logger('access');
  private found: Promise<Configuration> | null = null;

  constructor(private readonly config: Config) {}

  /** Begins a sign-in. Returns where the browser goes, and what it keeps. Throws `not-found` where no provider is configured. */
  async begin(redirectUri: string): Promise<{ url: string; attempt: SignInAttempt }> {
    const oidc = await import('openid-client');
    const provider = await this.provider();
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: redirectUri,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt: { state, nonce, verifier, until: Date.now() + ATTEMPT } };
  }

  /**
   * Completes a sign-in. Returns the subject whom the provider vouches for. Throws `token-invalid`.
   * @param url the whole URL to which the provider sent the browser back.
   */
  async complete(url: URL, attempt: SignInAttempt): Promise<string> {
    if (attempt.until <= Date.now()) throw tokenInvalid('The sign-in took too long: begin again.');
    const oidc = await import('openid-client');
    const provider = await this.provider();
    try {
      const tokens = await oidc.authorizationCodeGrant(provider, url, {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
        idTokenExpected: true,
      });
      const subject = tokens.claims()?.sub;
      if (subject !== undefined) return subject;
    } catch (err) {
      this.logger.warn({ msg: 'a sign-in through the identity provider failed', reason: reasonOf(err) });
    }
    throw tokenInvalid('The identity provider did not confirm who you are: begin again.');
  }

  /** Returns the provider by its discovery document. A failure is not kept. */
  private provider(): Promise<Configuration> {
    this.found ??= this.discover();
    this.found.catch(() => (this.found = null));
    return this.found;
  }

  private async discover(): Promise<Configuration> {
    const { oidcIssuer, oidcClientId, oidcClientSecretFile, oidcOrigins } = this.config;
    if (oidcIssuer === null || oidcClientId === null)
      throw new AditError('not-found', 'This service has no identity provider.');
    const oidc = await import('openid-client');
    const issuer = new URL(oidcIssuer);
    const secret = oidcClientSecretFile === null ? null : readFileSync(oidcClientSecretFile, 'utf8').trim();
    const isLocal = issuer.protocol === 'http:' && isLoopback(hostnameOf(oidcIssuer));
    try {
      return await oidc.discovery(
        issuer,
        oidcClientId,
        {},
        secret === null ? oidc.None() : oidc.ClientSecretBasic(secret),
        {
          timeout: TIME_LIMIT,
          [oidc.customFetch]: fetchWithin([issuer.origin, ...oidcOrigins]),
          // Signatures of ID tokens are verified too, and not trusted for having come by TLS.
          execute: [oidc.enableNonRepudiationChecks, ...(isLocal ? [oidc.allowInsecureRequests] : [])],
        },
      );
    } catch (err) {
      this.logger.error({
        msg: 'the identity provider cannot be reached or is not as it must be',
        reason: reasonOf(err),
      });
      throw new AditError('overloaded', 'The identity provider does not answer as it must; try again later.');
    }
  }
}

/** Returns the reason of a failure without tokens, codes and secrets. */
function reasonOf(error: unknown): string {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  return [name, code, message]
    .filter((part) => part !== undefined)
    .join(' ')
    .slice(0, 300);
}

/** Returns a `fetch` that reaches these origins alone, follows nothing, and reads no more than an answer may have. */
function fetchWithin(origins: readonly string[]): CustomFetch {
  return async (url, options) => {
    if (!origins.includes(new URL(url).origin)) throw new Error(`${new URL(url).origin} is not the identity provider.`);
    const response = await fetch(url, { ...(options as RequestInit), redirect: 'error' });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > MAX_ANSWER) throw new Error('The answer of the identity provider is too long.');
      chunks.push(chunk);
    }
    const { status, headers } = response;
    const hasBody = ![204, 205, 304].includes(status);
    return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers });
  };
}
