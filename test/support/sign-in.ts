import { createHash, randomBytes } from 'node:crypto';
import { CompactSign } from 'jose';
import type { OutsideActor, OutsideKey } from './outside-client.js';

// Signing in as RFC 7523, RFC 9068 and RFC 9449 have it, with jose and none of Adit's code.

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Members = Record<string, unknown>;

export const seconds = (): number => Math.floor(Date.now() / 1_000);
export const random = (): string => randomBytes(16).toString('base64url');

/** Signs claims under a header; members that are undefined are left out. */
const signed = (header: Members, claims: Members, key: OutsideKey): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader(JSON.parse(JSON.stringify(header)) as { alg: string })
    .sign(key.privateKey);

/** A client assertion, with changes to its header and claims. */
export const assertionOf = (
  { id, key, base }: Pick<OutsideActor, 'id' | 'key' | 'base'>,
  changes: { header?: Members; claims?: Members; key?: OutsideKey } = {},
): Promise<string> =>
  signed(
    { typ: 'client-authentication+jwt', alg: key.alg, kid: key.kid, ...changes.header },
    { iss: id, sub: id, aud: base, exp: seconds() + 60, iat: seconds(), jti: random(), ...changes.claims },
    changes.key ?? key,
  );

/** A DPoP proof, with changes to its header and claims. */
export const proofOf = (
  key: OutsideKey,
  { method, url, token }: { method: string; url: string; token?: string },
  changes: { header?: Members; claims?: Members; key?: OutsideKey } = {},
): Promise<string> =>
  signed(
    { typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...changes.header },
    {
      htm: method,
      htu: url,
      iat: seconds(),
      jti: random(),
      ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
      ...changes.claims,
    },
    changes.key ?? key,
  );

export interface Asked {
  status: number;
  headers: Headers;
  body: Members;
}

export async function ask(url: string, init: RequestInit = {}): Promise<Asked> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as Members) : {} };
}

/** Posts a form to the token endpoint. */
export const askToken = (base: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  ask(`${base}/v1/token`, { method: 'POST', body: new URLSearchParams(form), headers });

/** The form of a token request by an assertion. */
export const formOf = (assertion: string): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_assertion_type: ASSERTION_TYPE,
  client_assertion: assertion,
});

/** Returns a token of an actor, bound to its key. */
export async function boundToken(actor: OutsideActor): Promise<string> {
  const dpop = await proofOf(actor.key, { method: 'POST', url: `${actor.base}/v1/token` });
  const { status, body } = await askToken(actor.base, formOf(await assertionOf(actor)), { dpop });
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token as string;
}

/** Reads a path with a bound token and a new proof. */
export async function readAs(actor: OutsideActor, token: string, path: string, base = actor.base): Promise<Asked> {
  const dpop = await proofOf(actor.key, { method: 'GET', url: `${base}${path.split('?', 1)[0] ?? ''}`, token });
  return ask(`${base}${path}`, { headers: { authorization: `DPoP ${token}`, dpop } });
}
