import type * as z from 'zod';
import { AditError, type ErrorCode, type ErrorDetail } from '../errors.js';
import { type Disclosure, readDisclosures, repeatedDigests } from './disclosure.js';
import { type Envelope, parseCompactJws } from './envelope.js';
import type { Hash } from './ids.js';
import { algOf, type PublicJwk, type SignatureCheck, thumbprint } from './keys.js';
import { instantMs, MAX_ERRORS } from './primitives.js';
import type { CommonClaims, EventType, Problem } from './types/event-type.js';
import { type EventTypeName, eventTypes, type Payloads } from './types/index.js';

export interface EventOf<Type extends EventTypeName> {
  /** base64url(SHA-256(signing input)). */
  id: string;
  jws: string;
  /** RFC 7638 thumbprint of the key that signed, by the header. */
  kid: string;
  type: Type;
  log: string;
  iss: string;
  /** When it was signed, s, by the signer's clock. */
  iat: number;
  jti: string;
  /** When it happened, as written, and in ms since 1970 UTC. */
  occurredAt: string;
  occurredAtMs: number;
  exp?: number | undefined;
  seen?: CommonClaims['seen'];
  place?: CommonClaims['place'];
  /** As signed: a † claim is there only if it was written plainly; digests stay in `_sd`. */
  payload: Payloads[Type];
  /** The disclosures that came along, each found in the payload. */
  disclosures: Disclosure[];
}

/** An event whose payload has the shape of its type; `type` narrows `payload`. Its signature is not yet checked. */
export type AditEvent = { [Type in EventTypeName]: EventOf<Type> }[EventTypeName];

/**
 * Reads what an envelope says (the payload stage of wire.md, "Codes"). Throws, the first that applies: `log-mismatch`,
 * `type-unknown`, `schema-invalid`, `quantity-invalid`, `disclosure-invalid`, with a pointer to each claim that is wrong.
 * The proof of possession of a new key is the one check left to `checkPossession`, because it verifies a signature.
 */
export function readEvent(envelope: Envelope, log: string, hash?: Hash): AditEvent {
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
  const { iss, iat, jti, occurredAt, exp, seen, place } = payload;
  const event: Omit<AditEvent, 'type' | 'payload'> = {
    id: envelope.id,
    jws: envelope.jws,
    kid: envelope.header.kid,
    log,
    iss,
    iat,
    jti,
    occurredAt,
    occurredAtMs: instantMs(occurredAt) ?? Number.NaN,
    exp,
    seen,
    place,
    disclosures,
  };
  // The schema of `eventType` has just said that this payload is the one of this type.
  return { ...event, type: eventType.type, payload } as AditEvent;
}

/** Checks a payload against the schema of its type, as `readEvent` does and as a builder does before it signs. */
export function readPayload<P extends CommonClaims>(claims: Record<string, unknown>, eventType: EventType<P>): P {
  const parsed = eventType.schema.safeParse(claims);
  if (parsed.success) {
    const problems = [...eventType.check(parsed.data), ...repeatedDigests(claims, eventType)];
    if (problems.length > 0) throw refusal('schema-invalid', `the payload is not that of ${eventType.type}`, problems);
    return parsed.data;
  }
  const errors = parsed.error.issues.flatMap(errorsOf);
  if (errors.every(({ code }) => code === 'quantity-invalid')) {
    // Only the content of quantities is wrong, so the shape is right and the rest of the schema can have its say.
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

/** RFC 6901 §3: `~` and `/` in a name are written `~0` and `~1`. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** One zod issue as errors: one for each claim that is not listed, else one. */
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

/**
 * Checks that whoever adds a key holds it: `possession` is a compact JWS by the new key, `typ` `key-possession+jwt`,
 * over exactly `{log, actor, kid}`. Throws `possession-invalid`; other types than `actor.registered` and `key.added` pass.
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
  if (jws === null || jws.header.kid !== expected.kid || jws.header.alg !== algOf(key)) return false;
  const { log, actor, kid, ...others } = jws.payload;
  const asExpected = log === expected.log && actor === expected.actor && kid === expected.kid;
  return asExpected && Object.keys(others).length === 0 && check(key, jws.signingInput, jws.signature);
}

/** A proof that breaks the grammar proves nothing: the code of that refusal is about the event, not about the proof in it. */
function parseProof(possession: string): ReturnType<typeof parseCompactJws> | null {
  try {
    return parseCompactJws(possession, 'key-possession+jwt');
  } catch (error) {
    if (error instanceof AditError) return null;
    throw error;
  }
}
