import { sha256 } from '@noble/hashes/sha2.js';
import * as z from 'zod';
import { AditError, type ErrorDetail } from '../errors.js';
import { decodeBase64url, decodeUtf8, encodeBase64url, parseStrictJson } from './grammar.js';
import type { Hash } from './ids.js';
import { MAX_ERRORS } from './primitives.js';
import type { AditEvent } from './event.js';
import type { EventType, Problem } from './types/event-type.js';

/**
 * Selective disclosure as far as events use it (RFC 9901 §4.2.1 object properties, §7.1): the payload holds the digest
 * of a claim, and `[salt, name, value]` is sent beside it. No SD-JWT library is used: they resolve a whole token
 * asynchronously and cannot check that a name is one of the type's † claims, that its value has the right shape, or
 * where in the payload it belongs. Most events have no disclosure at all.
 */
export interface Disclosure {
  /** base64url of the JSON array, as sent; the digest is computed over it. */
  encoded: string;
  digest: string;
  salt: string;
  name: string;
  value: unknown;
  /** Pointer to the claim's place in the plain payload, e.g. `/place/lat`. */
  pointer: string;
}

const SD = '_sd';
const encoder = new TextEncoder();
const SALT = /^[A-Za-z0-9_-]{22,128}$/;
/** Size of one disclosure at most, bytes. It holds one claim; the largest is a site's polygon. */
const MAX_DISCLOSURE_BYTES = 32 * 1024;

/** Computes base64url(SHA-256(ASCII(disclosure))), RFC 9901 §4.2.3. */
export const sdDigest = (encoded: string, hash: Hash = sha256): string =>
  encodeBase64url(hash(encoder.encode(encoded)));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object of a payload that may contain digests, with its † claims. */
interface Holder {
  pointer: string;
  object: Record<string, unknown>;
  claims: ReadonlyMap<string, z.ZodType>;
}

/**
 * Finds the place of each disclosure in the payload. Throws `disclosure-invalid`, pointing at each object concerned.
 */
export function readDisclosures(
  encoded: readonly string[],
  payload: Record<string, unknown>,
  eventType: EventType,
  hash?: Hash,
): Disclosure[] {
  const holders = holdersOf(payload, eventType);
  const byDigest = new Map<string, Holder>();
  for (const holder of holders) for (const digest of digestsOf(holder.object)) byDigest.set(digest, holder);
  const read: Disclosure[] = [];
  const errors: ErrorDetail[] = [];
  const pointers = new Set<string>();
  for (const text of encoded) {
    const disclosure = readDisclosure(text, byDigest, hash);
    if (typeof disclosure === 'string') errors.push(invalid('', disclosure));
    else if (pointers.has(disclosure.pointer)) errors.push(invalid(disclosure.pointer, 'is disclosed twice'));
    else {
      pointers.add(disclosure.pointer);
      read.push(disclosure);
    }
  }
  if (errors.length > 0) {
    throw new AditError(
      'disclosure-invalid',
      'a disclosure does not belong to this event',
      errors.slice(0, MAX_ERRORS),
    );
  }
  return read;
}

const invalid = (pointer: string, detail: string): ErrorDetail => ({ pointer, code: 'disclosure-invalid', detail });

/** Reads one disclosure; returns it, or the reason why it is invalid. */
function readDisclosure(encoded: string, byDigest: ReadonlyMap<string, Holder>, hash?: Hash): Disclosure | string {
  const parts = parseDisclosure(encoded);
  if (parts === null) return 'a disclosure must be base64url of JSON [salt, name, value]';
  const [salt, name, value] = parts;
  if (typeof salt !== 'string' || !SALT.test(salt)) return 'a salt must be at least 128 bits in base64url';
  const digest = sdDigest(encoded, hash);
  const holder = byDigest.get(digest);
  if (holder === undefined) return `no digest ${digest} stands in the payload`;
  const schema = typeof name === 'string' ? holder.claims.get(name) : undefined;
  if (typeof name !== 'string' || schema === undefined) return `the name behind ${digest} may not be disclosable there`;
  if (Object.hasOwn(holder.object, name)) return `${holder.pointer}/${name} is there plainly too`;
  if (!schema.safeParse(value).success) return `${holder.pointer}/${name} does not have the shape of that claim`;
  return { encoded, digest, salt, name, value, pointer: `${holder.pointer}/${name}` };
}

function parseDisclosure(encoded: string): unknown[] | null {
  try {
    const bytes = decodeBase64url(encoded);
    if (bytes.length > MAX_DISCLOSURE_BYTES) return null;
    const json = parseStrictJson(decodeUtf8(bytes));
    return Array.isArray(json) && json.length === 3 ? json : null;
  } catch (error) {
    if (error instanceof AditError) return null;
    throw error;
  }
}

/** Finds digests that occur twice in a payload: one disclosure would disclose two claims (RFC 9901 §7.1 step 4). */
export function repeatedDigests(payload: Record<string, unknown>, eventType: EventType): Problem[] {
  const holders = holdersOf(payload, eventType);
  // The schema already refuses a repetition within one object.
  if (holders.length < 2) return [];
  const met = new Set<string>();
  const problems: Problem[] = [];
  for (const { pointer, object } of holders) {
    const digests = digestsOf(object);
    for (let i = 0; i < digests.length; i += 1) {
      const digest = digests[i] ?? '';
      if (met.has(digest)) problems.push({ pointer: `${pointer}/_sd/${i}`, detail: 'stands in the payload twice' });
      met.add(digest);
    }
  }
  return problems;
}

const digestsOf = (object: Record<string, unknown>): string[] => (Array.isArray(object[SD]) ? object[SD] : []);

/** Lists the objects of this payload that have `_sd`. Plain loops, because every event passes here. */
function holdersOf(payload: Record<string, unknown>, eventType: EventType): Holder[] {
  const holders: Holder[] = [];
  for (const { path, claims } of hiddenIn(eventType)) collect(payload, path, 0, [], claims, holders);
  return holders;
}

/** Follows a path in which `*` matches every index of an array, and collects the objects with `_sd` at its end. */
function collect(
  value: unknown,
  path: readonly string[],
  depth: number,
  way: readonly (string | number)[],
  claims: Holder['claims'],
  holders: Holder[],
): void {
  const step = path[depth];
  if (step === '*') {
    if (!Array.isArray(value)) return;
    for (let i = 0; i < value.length; i += 1) collect(value[i], path, depth + 1, [...way, i], claims, holders);
  } else if (isObject(value)) {
    if (step !== undefined) {
      if (value[step] !== undefined) collect(value[step], path, depth + 1, [...way, step], claims, holders);
    } else if (value[SD] !== undefined) {
      holders.push({ pointer: way.map((part) => `/${part}`).join(''), object: value, claims });
    }
  }
}

interface HiddenValue {
  path: readonly string[];
  claims: ReadonlyMap<string, z.ZodType>;
}

const hiddenByType = new Map<EventType, HiddenValue[]>();

/** Returns the † claims of a type, by the object that contains them, each with the schema of its value. */
function hiddenIn(eventType: EventType): HiddenValue[] {
  const known = hiddenByType.get(eventType);
  if (known !== undefined) return known;
  const byObject = new Map<string, Map<string, z.ZodType>>();
  for (const pointer of eventType.disclosable) {
    const at = pointer.lastIndexOf('/');
    const claims = byObject.get(pointer.slice(0, at)) ?? new Map<string, z.ZodType>();
    claims.set(pointer.slice(at + 1), claimSchema(eventType, pointer));
    byObject.set(pointer.slice(0, at), claims);
  }
  const hidden = [...byObject].map(([pointer, claims]) => ({ path: pointer.split('/').slice(1), claims }));
  hiddenByType.set(eventType, hidden);
  return hidden;
}

/** Returns the schema of the claim at a pointer with `*`. Throws if there is none: an error in the type's file. */
export function claimSchema(eventType: EventType, pointer: string): z.ZodType {
  let schema: unknown = eventType.schema;
  for (const step of pointer.split('/').slice(1)) {
    schema = plainSchema(schema);
    if (step === '*' && schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[step];
  }
  schema = plainSchema(schema);
  if (!(schema instanceof z.ZodType)) throw new Error(`${eventType.type} has no claim ${pointer}`);
  return schema;
}

const plainSchema = (schema: unknown): unknown => (schema instanceof z.ZodOptional ? schema.unwrap() : schema);

/**
 * Returns the event with its disclosed claims in place, as if they were plain, and their digests removed from `_sd`:
 * the rest of `_sd` is undisclosed. For code that judges the claims; the signed text is in `jws`.
 */
export function shown(event: AditEvent): AditEvent {
  if (event.disclosures.length === 0) return event;
  const root = { payload: event.payload as unknown };
  const own = new Set<unknown>();
  for (const { pointer, digest, name, value } of event.disclosures) {
    // Copies only the objects on the path to the claim; the rest of the payload is shared with the event.
    let holder = copied(root, 'payload', own);
    for (const step of pointer.split('/').slice(1, -1)) holder = copied(holder, step, own);
    Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
    holder[SD] = digestsOf(holder).filter((hidden) => hidden !== digest);
  }
  const disclosed = root.payload as AditEvent['payload'];
  // The disclosures were validated against the schema of this type, so the cast is safe.
  return { ...event, payload: disclosed, place: disclosed.place } as AditEvent;
}

/**
 * Copies a member of an object in place and returns the copy.
 * @param own copies that were made before
 */
function copied(holder: Record<string, unknown>, step: string, own: Set<unknown>): Record<string, unknown> {
  const member = holder[step];
  if (own.has(member)) return member as Record<string, unknown>;
  const copy: unknown = Array.isArray(member) ? [...(member as unknown[])] : { ...(member as object) };
  own.add(copy);
  holder[step] = copy;
  return copy as Record<string, unknown>;
}
