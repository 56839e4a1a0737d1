import * as z from 'zod';
import { randomToken } from '../event/build.js';
import type { PublicJwk, SignatureCheck } from '../event/keys.js';
import { type Signer, signJws } from '../event/signer.js';
import { LEEWAY, jti, kidOf, readClaims, readJwt, time, tokenInvalid, verifyJwt } from './jwt.js';

/** `typ` of a client assertion (RFC 7523bis §4). */
const ASSERTION_TYP = 'client-authentication+jwt';
/** `client_assertion_type` of RFC 7523 §2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** `grant_type` of RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Path at which an assertion is exchanged for a token. */
export const TOKEN_PATH = '/v1/token';

/** Validity of an assertion at most, and of one that Adit builds, s. */
const MAX_LIFETIME = 300;
const LIFETIME = 60;

const claims = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  aud: z.string('must be one string'),
  exp: time,
  nbf: time.optional(),
  iat: time.optional(),
  jti,
});

/** A verified assertion: the actor, its key, and what marks it as used. */
export interface Assertion {
  actor: string;
  kid: string;
  jti: string;
  /** Time until which it is valid, s since 1970 UTC. */
  until: number;
}

/** Builds the assertion by which a key of an actor signs in to the service at `base`. */
export const buildAssertion = (actor: string, base: string, signer: Signer, now: number): Promise<string> =>
  signJws(
    { iss: actor, sub: actor, aud: base, iat: now, exp: now + LIFETIME, jti: randomToken() },
    ASSERTION_TYP,
    signer,
  );

/** A key that an assertion names. */
interface NamedKey {
  actor: string;
  jwk: PublicJwk;
}

interface Circumstances {
  /** URLs by which this service is called. */
  urls: readonly string[];
  /** s since 1970 UTC. */
  now: number;
  check: SignatureCheck;
  /** Returns a registered key that is active; null for any other. */
  keyOf: (kid: string) => Promise<NamedKey | null>;
}

/** Verifies an assertion, but not that it is used once. Throws `token-invalid`. */
export async function readAssertion(text: string, { urls, now, check, keyOf }: Circumstances): Promise<Assertion> {
  const jwt = readJwt(text, ASSERTION_TYP, 'kid');
  const { iss, sub, aud, exp, nbf = 0, iat = 0, jti: once } = readClaims(claims, jwt);
  const kid = kidOf(jwt);
  const key = await keyOf(kid);
  if (key === null) throw tokenInvalid('kid names no registered key that is active.');
  await verifyJwt(jwt, key.jwk, check);
  if (iss !== sub || iss !== key.actor)
    throw tokenInvalid('iss and sub must both be the actor to which the key belongs.');
  if (!urls.some((url) => aud === url || aud === `${url}${TOKEN_PATH}`))
    throw tokenInvalid(`aud must be ${urls[0] ?? ''}, the public URL of this service.`);
  if (exp <= now - LEEWAY) throw tokenInvalid('The assertion has expired.');
  if (exp > now + MAX_LIFETIME + LEEWAY) throw tokenInvalid(`exp must lie within ${MAX_LIFETIME} s.`);
  if (nbf > now + LEEWAY || iat > now + LEEWAY) throw tokenInvalid('The assertion is not valid yet.');
  return { actor: iss, kid, jti: once, until: exp + LEEWAY };
}
