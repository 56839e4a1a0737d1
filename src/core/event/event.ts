import type * as z from 'zod';
import { AditError, type ErrorCode, type ErrorDetail } from '../errors.js';
import { type Disclosure, readDisclosures, repeatedDigests } from './disclosure.js';
import { type Envelope, isSignedBy, parseCompactJws } from './envelope.js';
import type { Hash } from './ids.js';
import { type PublicJwk, type SignatureCheck, thumbprint } from './keys.js';
import { instantMs, MAX_ERRORS } from './primitives.js';
import type { CommonClaims, EventType, Problem } from './types/event-type.js';
import { type EventTypeName, eventTypes, type Payloads } from './types/index.js';

interface EventOf<Type extends EventTypeName> {
  /** base64url(SHA-256(signing input)). */
  id: string;
  /** RFC 7638 thumbprint of the key that signed, by the header. */
  kid: string;
  type: Type;
  log: string;
  iss: string;
  /** Time of signing by the signer's clock, s since 1970 UTC. */
  iat: number;
  jti: string;
  /** Time of the event as written, and in ms since 1970 UTC. */
  occurredAt: string;
  occurredAtMs: number;
  exp?: number | undefined;
  seen?: CommonClaims['seen'];
  place?: CommonClaims['place'];
  /** The signed payload: a † claim is present only if it was written plainly; digests are in `_sd`. */
  payload: Payloads[Type];
  /** The disclosures that were sent, each found in the payload. */
  disclosures: Disclosure[];
}

/** An event whose payload has the shape of its type; `type` narrows `payload`. Its signature is not verified. */
export type AditEvent = { [Type in EventTypeName]: EventOf<Type> }[EventTypeName];

/** An event with the compact JWS from which it was read. */
export type SignedEvent = AditEvent & { jws: string };

/**
 * Reads the payload of an envelope (the payload stage of wire.md, "Codes"). Throws the first that applies of
 * `log-mismatch`, `type-unknown`, `schema-invalid`, `quantity-invalid`, `disclosure-invalid`, with a pointer to each
 * wrong claim. `checkPossession` checks the proof of possession of a new key, because that verifies a signature.
 */
export function readEvent(envelope: Envelope, log: string, hash?: Hash): SignedEvent {
  const claims = envelope.payload;
  if (typeof claims.log === 'string' && claims.log !== log) {
    throw refusal('log-mismatch', `the event was signed for another log than ${log}`, [
      { pointer: '/log', detail: `must be ${log}` },
    ]);
  }
  const eventType = typeof claims.type === 'string' ? eventTypes.get(claims.type) : undefined;
  if (eventType === undefined) throw withoutType(claims.type);
  const payload = readPayload(claims, eventType);
  const disclosures =
    envelope.disclosures.length === 0 ? [] : readDisclosures(envelope.disclosures, claims, eventType, hash);
  return eventWith({ id: envelope.id, jws: envelope.jws, kid: envelope.header.kid }, log, payload, disclosures);
}

/** Builds an event from a payload that has passed the schema of its type, now or at its admission. */
export function eventWith(
  { id, jws, kid }: Pick<SignedEvent, 'id' | 'jws' | 'kid'>,
  log: string,
  payload: CommonClaims,
  disclosures: Disclosure[] = [],
): SignedEvent {
  const { type, iss, iat, jti, occurredAt, exp, seen, place } = payload;
  const occurredAtMs = instantMs(occurredAt) ?? Number.NaN;
  // Named one by one: spreads of so many members are slow, and every event that is read is built here.
  const event = {
    id,
    jws,
    kid,
    type,
    log,
    iss,
    iat,
    jti,
    occurredAt,
    occurredAtMs,
    exp,
    seen,
    place,
    payload,
    disclosures,
  };
  // The payload has the shape of its type, so the cast is safe.
  return event as SignedEvent;
}

/** Checks a payload against the schema of its type; used by `readEvent`, and by a builder before it signs. */
export function readPayload<P extends CommonClaims>(claims: Record<string, unknown>, eventType: EventType<P>): P {
  const parsed = eventType.schema.safeParse(claims);
  if (parsed.success) {
    const problems = [...eventType.check(parsed.data), ...repeatedDigests(claims, eventType)];
    if (problems.length > 0) throw refusal('schema-invalid', `the payload is not that of ${eventType.type}`, problems);
    return parsed.data;
  }
  const errors = parsed.error.issues.flatMap(errorsOf);
  if (errors.every(({ code }) => code === 'quantity-invalid')) {
    // Only quantities are wrong, so the shape is right and the type's own checks can run.
    errors.push(...eventType.check(claims as unknown as P).map(asSchemaInvalid));
  }
  const code = errors.some((error) => error.code === 'schema-invalid') ? 'schema-invalid' : 'quantity-invalid';
  const detail =
    code === 'schema-invalid' ? `the payload is not that of ${eventType.type}` : 'a quantity is not acceptable';
  throw new AditError(code, detail, errors.slice(0, MAX_ERRORS));
}

function withoutType(type: unknown): AditError {
  return typeof type === 'string'
    ? refusal('type-unknown', 'this ledger admits no such type', [{ pointer: '/type', detail: 'is not known' }])
    : refusal('schema-invalid', 'the payload has no type', [{ pointer: '/type', detail: 'must be a string' }]);
}

const refusal = (code: ErrorCode, detail: string, problems: readonly Problem[]): AditError =>
  new AditError(
    code,
    detail,
    problems.slice(0, MAX_ERRORS).map((problem) => ({ ...problem, code })),
  );

const asSchemaInvalid = (problem: Problem): ErrorDetail => ({ ...problem, code: 'schema-invalid' });

/** Formats a path as a JSON pointer. RFC 6901 §3: `~` and `/` in a name are written `~0` and `~1`. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Converts a zod issue to errors: one for each unknown claim, else one. */
function errorsOf(issue: z.core.$ZodIssue): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      code: 'schema-invalid',
      detail: 'is not a claim of this type',
    }));
  }
  const ofQuantity = issue.code === 'custom' && issue.params?.quantity === true;
  return [
    { pointer: pointerTo(issue.path), code: ofQuantity ? 'quantity-invalid' : 'schema-invalid', detail: issue.message },
  ];
}

/** Copies an event without its text, which is a third of its memory, and keeps what it was read from in memory. */
export function withoutText(event: AditEvent): AditEvent {
  // Named one by one, as in `eventWith`.
  const copy = {
    id: event.id,
    kid: event.kid,
    type: event.type,
    log: event.log,
    iss: event.iss,
    iat: event.iat,
    jti: event.jti,
    occurredAt: event.occurredAt,
    occurredAtMs: event.occurredAtMs,
    exp: event.exp,
    seen: event.seen,
    place: event.place,
    payload: event.payload,
    disclosures: event.disclosures,
  };
  // The same type and payload, so the cast is safe.
  return copy as AditEvent;
}

/**
 * Verifies that the owner of a new key possesses it: `possession` is a compact JWS by the new key, `typ`
 * `key-possession+jwt`, over exactly `{log, actor, kid}`. Throws `possession-invalid`. Events other than
 * `actor.registered` and `key.added` pass.
 */
export async function checkPossession(event: AditEvent, check: SignatureCheck): Promise<void> {
  if (event.type !== 'actor.registered' && event.type !== 'key.added') return;
  const { key, possession, actor } = event.payload;
  if (!(await provesPossession(possession, key, { log: event.log, actor, kid: thumbprint(key) }, check))) {
    throw refusal('possession-invalid', 'the proof of possession does not verify', [
      { pointer: '/possession', detail: 'must be a JWS by the new key over exactly log, actor and kid' },
    ]);
  }
}

async function provesPossession(
  possession: string,
  key: PublicJwk,
  expected: Readonly<Record<'log' | 'actor' | 'kid', string>>,
  check: SignatureCheck,
): Promise<boolean> {
  const jws = parseProof(possession);
  if (jws === null || jws.header.kid !== expected.kid) return false;
  const { log, actor, kid, ...others } = jws.payload;
  const asExpected = log === expected.log && actor === expected.actor && kid === expected.kid;
  return asExpected && Object.keys(others).length === 0 && isSignedBy(key, jws, check);
}

/** Parses a proof of possession; null if it breaks the grammar, whose error codes are about events. */
function parseProof(possession: string): ReturnType<typeof parseCompactJws> | null {
  try {
    return parseCompactJws(possession, 'key-possession+jwt');
  } catch (error) {
    if (error instanceof AditError) return null;
    throw error;
  }
}
