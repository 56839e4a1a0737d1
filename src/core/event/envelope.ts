import { AditError } from '../errors.js';
import { MAX_PAYLOAD_BYTES, decodeBase64url, decodeUtf8, encodeBase64url, parseStrictJson } from './grammar.js';
import { type Hash, eventId } from './ids.js';
import { type PublicJwk, type SignatureAlgorithm, type SignatureCheck, algOf } from './keys.js';

export const EVENT_TYP = 'custody-event+sd-jwt';

/** `typ` of each kind of signed object; one kind is never accepted as another. */
export type Typ =
  | typeof EVENT_TYP
  | 'key-possession+jwt'
  | 'refusal+jwt'
  | 'client-authentication+jwt'
  | 'at+jwt'
  | 'dpop+jwt'
  | 'disclosure+sd-jwt'
  | 'bundle-findings+jwt';

/** Size of the JWS and its disclosures together at most, characters. */
const MAX_ENVELOPE = 256 * 1024;
const MAX_DISCLOSURES = 256;
const MAX_HEADER = 512;
/** Size of the largest payload in base64url, characters. */
const MAX_PAYLOAD_CHARACTERS = Math.ceil((MAX_PAYLOAD_BYTES * 4) / 3);

interface Header {
  alg: SignatureAlgorithm;
  kid: string;
  typ: Typ;
}

/** A compact JWS that follows the strict grammar. Its signature is not verified. */
export interface CompactJws {
  jws: string;
  header: Header;
  payload: Record<string, unknown>;
  /** `header.payload`: the signed bytes. */
  signingInput: string;
  signature: Uint8Array;
}

/** An event as sent: its JWS, its id, and its disclosures. */
export interface Envelope extends CompactJws {
  text: string;
  id: string;
  disclosures: string[];
}

const malformed = (detail: string): AditError => new AditError('event-malformed', detail);

/** Cached headers by their base64url text: a device signs thousands of events under one header. Entries at most. */
const HEADER_CACHE = 10_000;
const headers = new Map<string, Header>();

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a protected header, which has exactly alg, kid and typ (protocol.md §2). Throws `header-invalid`. */
function readHeader(part: string): Header {
  const known = headers.get(part);
  if (known !== undefined) return known;
  if (part.length > MAX_HEADER)
    throw new AditError('header-invalid', `The header is longer than ${MAX_HEADER} characters.`);
  const bytes = decodeBase64url(part);
  const header = parseStrictJson(decodeUtf8(bytes));
  if (!isObject(header)) throw new AditError('header-invalid', 'The header is not a JSON object.');
  const names = Object.keys(header).toSorted().join();
  if (names !== 'alg,kid,typ') throw new AditError('header-invalid', 'The header must hold exactly alg, kid and typ.');
  const { alg, kid, typ } = header;
  if (alg !== 'Ed25519' && alg !== 'ES256') throw new AditError('header-invalid', 'alg must be Ed25519 or ES256.');
  if (typeof kid !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(kid))
    throw new AditError('header-invalid', 'kid must be the RFC 7638 SHA-256 thumbprint of the key.');
  if (typeof typ !== 'string') throw new AditError('header-invalid', 'typ must be a string.');
  const read: Header = Object.freeze({ alg, kid, typ: typ as Typ });
  if (headers.size >= HEADER_CACHE) headers.clear();
  // Encoded again, because `part` may be a slice that retains the whole event in memory.
  headers.set(encodeBase64url(bytes), read);
  return read;
}

/** Returns the kid in the header of an event without reading the rest. Throws as `parseEnvelope` does. */
export function headerKid(text: string): string {
  const end = text.indexOf('.');
  if (end < 0) throw malformed('The event is not a JWS of three parts.');
  return readHeader(text.slice(0, end)).kid;
}

/**
 * Parses a compact JWS of one kind. Throws `event-malformed`, `event-too-large` or `header-invalid`, before any
 * cryptography.
 */
export function parseCompactJws(jws: string, typ: Typ): CompactJws {
  const first = jws.indexOf('.');
  const second = jws.indexOf('.', first + 1);
  if (first < 0 || second < 0 || jws.includes('.', second + 1))
    throw malformed('The event is not a JWS of three parts.');
  if (second - first - 1 > MAX_PAYLOAD_CHARACTERS)
    throw new AditError('event-too-large', `The payload is larger than ${MAX_PAYLOAD_BYTES} bytes.`);
  const [head, body, tail] = [jws.slice(0, first), jws.slice(first + 1, second), jws.slice(second + 1)];
  if (head === '' || body === '' || tail === '') throw malformed('A part of the JWS is empty.');
  // All parts are checked against the grammar before the header's content (wire.md, "Codes").
  const signature = decodeBase64url(tail);
  const payload = parseStrictJson(decodeUtf8(decodeBase64url(body)));
  if (!isObject(payload)) throw malformed('The payload is not a JSON object.');
  const header = readHeader(head);
  if (header.typ !== typ) throw new AditError('header-invalid', `typ must be ${typ}.`);
  return { jws, header, payload, signingInput: jws.slice(0, second), signature };
}

/** Three parts of base64url with any content: enough to compute an event's id, even if the event is invalid. */
const THREE_PARTS = /^([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;

/** Returns the id of an event that `parseEnvelope` may refuse, for the refusal to name; null if the text is no JWS. */
export function eventIdIn(text: string, hash?: Hash): string | null {
  const end = text.indexOf('~');
  const signingInput = THREE_PARTS.exec(end < 0 ? text : text.slice(0, end))?.[1];
  return signingInput === undefined ? null : eventId(signingInput, hash);
}

/** Parses `<JWS>~<disclosure>~…~`, the last `~` included. Throws as `parseCompactJws` does. */
export function parseEnvelope(text: string, hash?: Hash): Envelope {
  if (text.length > MAX_ENVELOPE)
    throw new AditError('event-too-large', `The event with its disclosures is larger than ${MAX_ENVELOPE} characters.`);
  if (!text.endsWith('~')) throw malformed('The event must end in ~.');
  const [jws = '', ...disclosures] = text.slice(0, -1).split('~', MAX_DISCLOSURES + 2);
  if (disclosures.length > MAX_DISCLOSURES) throw malformed(`There are more than ${MAX_DISCLOSURES} disclosures.`);
  if (disclosures.includes('')) throw malformed('A disclosure is empty.');
  const parsed = parseCompactJws(jws, EVENT_TYP);
  return { ...parsed, text, id: eventId(parsed.signingInput, hash), disclosures };
}

/** The signed part of a compact JWS, and its signature. */
export type Signed = Pick<CompactJws, 'header' | 'signingInput' | 'signature'>;

/** Returns whether a signature verifies with a key of the algorithm that its header names. */
export const isSignedBy = async (jwk: PublicJwk, signed: Signed, check: SignatureCheck): Promise<boolean> =>
  algOf(jwk) === signed.header.alg && check(jwk, signed.signingInput, signed.signature);
