import { AditError } from '../errors.js';
import { sdDigest } from './disclosure.js';
import { EVENT_TYP } from './envelope.js';
import { readPayload } from './event.js';
import { encodeBase64url } from './grammar.js';
import { eventId, lotId } from './ids.js';
import { type Signer, signJws } from './signer.js';
import { eventTypes } from './types/index.js';

export { type PrivateJwk, type Signer, generateSigner, signerFromJwk } from './signer.js';

/** The claims of an event in plain form, before any is hidden. */
export interface Claims {
  log: string;
  type: string;
  iss: string;
  iat: number;
  jti: string;
  occurredAt: string;
  [claim: string]: unknown;
}

export interface BuildOptions {
  /** The † claims whose disclosures are included in the event: all (default), none, or those at these pointers. */
  disclose?: boolean | readonly string[];
  /** Pointers of † claims that are hidden and never disclosed, even if `disclose` lists them; each must exist. */
  withhold?: readonly string[];
  /** 128 random bits or more in base64url, new for each call. */
  salt?: () => string;
}

export interface BuiltEvent {
  /** `<JWS>~<disclosure>~…~`: the text to send. */
  event: string;
  jws: string;
  id: string;
  /** All disclosures, also those that are not in `event`; the author stores them. */
  disclosures: string[];
}

const SALT_BYTES = 16;

/** Returns 128 random bits in base64url: a salt, or a `jti`. */
export const randomToken = (): string => encodeBase64url(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));

/**
 * Builds and signs an event. Replaces every † claim by its digest and includes its disclosure unless `disclose` excludes
 * it. Throws `type-unknown`, `schema-invalid` or `quantity-invalid` before it signs anything.
 */
export async function buildEvent(claims: Claims, signer: Signer, options: BuildOptions = {}): Promise<BuiltEvent> {
  const eventType = eventTypes.get(claims.type);
  if (eventType === undefined) throw new AditError('type-unknown', `There is no event type ${claims.type}.`);
  const payload = structuredClone(claims);
  readPayload(payload, eventType);
  const hidden = hideClaims(payload, eventType.disclosable, options.salt ?? randomToken);
  const jws = await signJws(payload, EVENT_TYP, signer);
  const { disclose = true, withhold = [] } = options;
  // A mistyped pointer must not disclose what the author wants to withhold.
  const unknown = withhold.find((pointer) => !hidden.some((claim) => claim.pointer === pointer));
  if (unknown !== undefined)
    throw new AditError(
      'schema-invalid',
      `${unknown} is nothing that can be withheld: it is not there, or always plain.`,
    );
  const shown = hidden
    .filter(({ pointer }) => (typeof disclose === 'boolean' ? disclose : disclose.includes(pointer)))
    .filter(({ pointer }) => !withhold.includes(pointer));
  return {
    event: [jws, ...shown.map(({ disclosure }) => disclosure), ''].join('~'),
    jws,
    id: eventId(jws.slice(0, jws.lastIndexOf('.'))),
    disclosures: hidden.map(({ disclosure }) => disclosure),
  };
}

interface HiddenField {
  pointer: string;
  disclosure: string;
}

/** Replaces the claims at the given patterns by digests in `_sd` of their object (RFC 9901 §4.2.4.1). */
function hideClaims(payload: Record<string, unknown>, patterns: readonly string[], salt: () => string): HiddenField[] {
  const hidden: HiddenField[] = [];
  for (const pattern of patterns) {
    const path = pattern.slice(1).split('/');
    const name = path.pop() as string;
    for (const { pointer, object } of objectsAt(payload, path, '')) {
      if (object[name] === undefined) continue;
      const disclosure = encodeBase64url(new TextEncoder().encode(JSON.stringify([salt(), name, object[name]])));
      delete object[name];
      // Sorted, so that the order does not reveal which claim is which.
      object._sd = [...((object._sd as string[] | undefined) ?? []), sdDigest(disclosure)].toSorted();
      hidden.push({ pointer: `${pointer}/${name}`, disclosure });
    }
  }
  return hidden;
}

/** Lists the objects at a path, in which `*` matches every element of an array. */
function objectsAt(
  value: unknown,
  path: readonly string[],
  pointer: string,
): { pointer: string; object: Record<string, unknown> }[] {
  const [step, ...rest] = path;
  if (typeof value !== 'object' || value === null) return [];
  if (step === undefined) return [{ pointer, object: value as Record<string, unknown> }];
  if (step === '*')
    return Object.entries(value).flatMap(([at, element]) => objectsAt(element, rest, `${pointer}/${at}`));
  return objectsAt((value as Record<string, unknown>)[step], rest, `${pointer}/${step}`);
}

/** Returns the ids of the lots that an event with `count` outputs creates. */
export const outputLotIds = (log: string, iss: string, jti: string, count: number): string[] =>
  Array.from({ length: count }, (_, output) => lotId(log, iss, jti, output));

/** Builds the proof of possession of a new key: a JWS by that key over exactly log, actor and kid. */
export const buildPossession = (log: string, actor: string, signer: Signer): Promise<string> =>
  signJws({ log, actor, kid: signer.kid }, 'key-possession+jwt', signer);
