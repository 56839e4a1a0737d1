import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { randomToken } from '../event/build.js';
import { encodeBase64url } from '../event/grammar.js';
import { type SignatureCheck, publicJwkSchema, thumbprint } from '../event/keys.js';
import { type Signer, signCompact } from '../event/signer.js';
import { jti, readClaims, readJwt, time, tokenInvalid, verifyJwt } from './jwt.js';

/** `typ` of a proof (RFC 9449 §4.2). */
const DPOP_TYP = 'dpop+jwt';
/** Difference between `iat` and the receiver's clock at most, s. */
const WINDOW = 300;

const claims = z.object({ htm: z.string(), htu: z.string(), iat: time, jti, ath: z.string().optional() });

/** Returns the hash of an access token that a proof contains. */
const hashOf = (accessToken: string): string => encodeBase64url(sha256(utf8ToBytes(accessToken)));

/** Returns a URL without query and fragment, in the form of the WHATWG; null for a text that is no URL. */
function targetOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** The request that a proof is for. */
export interface ProvenRequest {
  method: string;
  url: string;
  /** s since 1970 UTC. */
  now: number;
  /** The access token that is sent with the proof; absent at the token endpoint. */
  accessToken?: string;
}

/** Builds the proof that a request comes from the holder of a key (RFC 9449). */
export const buildProof = ({ method, url, now, accessToken }: ProvenRequest, signer: Signer): Promise<string> =>
  signCompact(
    {
      htm: method,
      htu: targetOf(url) ?? url,
      iat: now,
      jti: randomToken(),
      ...(accessToken === undefined ? {} : { ath: hashOf(accessToken) }),
    },
    { typ: DPOP_TYP, alg: signer.alg, jwk: signer.jwk },
    signer,
  );

/** A verified proof: the thumbprint of its key, and what marks it as used. */
export interface Proof {
  jkt: string;
  jti: string;
  /** Time until which it is valid, s since 1970 UTC. */
  until: number;
}

/** The request that arrived with a proof, with every URL by which its sender may have called it. */
interface ReceivedRequest extends Omit<ProvenRequest, 'url'> {
  urls: readonly string[];
}

/** Verifies a proof, but not that it is used once. Throws `token-invalid`. */
export async function readProof(text: string, request: ReceivedRequest, check: SignatureCheck): Promise<Proof> {
  const jwt = readJwt(text, DPOP_TYP, 'jwk');
  const jwk = publicJwkSchema.safeParse(jwt.header.jwk).data;
  if (jwk === undefined) throw tokenInvalid('jwk must be a public key of Ed25519 or P-256, and nothing else.');
  const { htm, htu, iat, jti: once, ath } = readClaims(claims, jwt);
  await verifyJwt(jwt, jwk, check);
  if (htm !== request.method) throw tokenInvalid(`htm must be ${request.method}.`);
  const target = targetOf(htu);
  if (target === null || !request.urls.some((url) => targetOf(url) === target))
    throw tokenInvalid(`htu must be ${request.urls[0] ?? ''}.`);
  if (Math.abs(iat - request.now) > WINDOW)
    throw tokenInvalid(`iat must lie within ${WINDOW} s of the clock of this service.`);
  if (ath !== (request.accessToken === undefined ? undefined : hashOf(request.accessToken)))
    throw tokenInvalid('ath must be the hash of the access token, and absent without one.');
  return { jkt: thumbprint(jwk), jti: once, until: iat + WINDOW };
}
