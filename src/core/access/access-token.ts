import * as z from 'zod';
import { randomToken } from '../event/build.js';
import type { PublicJwk, SignatureCheck } from '../event/keys.js';
import { type Signer, signJws } from '../event/signer.js';
import { LEEWAY, jti, kidOf, readClaims, readJwt, time, tokenInvalid, verifyJwt } from './jwt.js';
import { type Scope, readScopes, scopeText } from './scopes.js';

/** `typ` of an access token (RFC 9068). */
const ACCESS_TOKEN_TYP = 'at+jwt';
/** Validity, s. */
export const TOKEN_LIFETIME = 900;

const thumb = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const claims = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  jti,
  iat: time,
  exp: time,
  key: thumb,
  cnf: z.strictObject({ jkt: thumb }).optional(),
});

/** The content of an access token. */
export interface Access {
  actor: string;
  /** Thumbprint of the actor's key that asked for the token: the token dies with it. */
  key: string;
  scopes: readonly Scope[];
  /** Thumbprint of the key whose proof must accompany the token; null: none is needed. */
  boundTo: string | null;
}

/** Builds an access token for the service at `url`. @param now s since 1970 UTC. */
export const buildAccessToken = (access: Access, url: string, signer: Signer, now: number): Promise<string> =>
  signJws(
    {
      iss: url,
      aud: url,
      sub: access.actor,
      client_id: access.actor,
      scope: scopeText(access.scopes),
      jti: randomToken(),
      iat: now,
      exp: now + TOKEN_LIFETIME,
      key: access.key,
      ...(access.boundTo === null ? {} : { cnf: { jkt: access.boundTo } }),
    },
    ACCESS_TOKEN_TYP,
    signer,
  );

interface Circumstances {
  /** The public URL of this service. */
  url: string;
  /** s since 1970 UTC. */
  now: number;
  check: SignatureCheck;
  /** Returns a key of this service; null for any other. */
  serviceKey: (kid: string) => PublicJwk | null;
}

/** A token as it was verified: who signed it, and when it ends, s since 1970 UTC. */
export interface VerifiedToken extends Access {
  signedBy: string;
  expiresAt: number;
}

/**
 * Verifies an access token, but not that the keys of its actor and of the service are in force, nor the proof to which it
 * is bound. Throws `token-invalid`.
 */
export async function readAccessToken(
  text: string,
  { url, now, check, serviceKey }: Circumstances,
): Promise<VerifiedToken> {
  const jwt = readJwt(text, ACCESS_TOKEN_TYP, 'kid');
  const signedBy = kidOf(jwt);
  const jwk = serviceKey(signedBy);
  if (jwk === null) throw tokenInvalid('The token is not signed by this service.');
  await verifyJwt(jwt, jwk, check);
  const { iss, aud, sub, scope, iat, exp, key, cnf } = readClaims(claims, jwt);
  if (iss !== url || aud !== url) throw tokenInvalid('The token is for another service.');
  if (exp <= now) throw tokenInvalid('The token has expired.');
  if (iat > now + LEEWAY) throw tokenInvalid('The token is not valid yet.');
  const scopes = readScopes(scope);
  if (scopes === null) throw tokenInvalid('The token has a scope that is not known here.');
  return { actor: sub, key, scopes, boundTo: cnf?.jkt ?? null, signedBy, expiresAt: exp };
}
