import { headerKid, parseEnvelope } from '../../../core/event/envelope.js';
import { type SignedEvent, eventWith, readEvent } from '../../../core/event/event.js';
import { encodeBase64url } from '../../../core/event/grammar.js';
import { sha256 } from '../../../platform/sha256.js';
import type { IntakeCheck, PlainError } from '../intake/check-event.js';

/** A check's result from a thread: `good` is the event's id, if the text alone has the rest. */
export type PlainChecked = { good: string; identifierError: PlainError | null } | IntakeCheck;

/**
 * Reduces a result for the message: copying an event between threads costs more than parsing its text again;
 * disclosures are copied.
 */
export function plainChecked(checked: IntakeCheck): PlainChecked {
  return checked.event !== null && checked.event.disclosures.length === 0
    ? { good: checked.event.id, identifierError: checked.identifierError }
    : checked;
}

/** Restores the result of a check from what a thread sent. */
export function checkedOf(plain: PlainChecked, text: string, log: string): IntakeCheck {
  if (!('good' in plain)) return plain;
  return { event: rereadEvent(text, plain.good, log), error: null, identifierError: plain.identifierError };
}

/** Parses an event with its disclosures by the rules for new ones, and the platform's hash. Throws as `readEvent` does. */
export const readText = (text: string, log: string): SignedEvent => readEvent(parseEnvelope(text, sha256), log, sha256);

/** Parses a stored entry by the rules for new ones, because it may have been changed. Throws as `readEvent` does. */
export const readEntry = (jws: string, log: string): SignedEvent => readText(`${jws}~`, log);

/** Decodes the payload of a stored event. */
export const payloadText = (jws: string): string =>
  Buffer.from(jws.split('.', 2)[1] ?? '', 'base64url').toString('utf8');

/** Parses the payload of a stored event, which was read strictly before it was stored. */
export const storedPayload = <Claims>(jws: string): Claims => JSON.parse(payloadText(jws)) as Claims;

/** Parses a text that was found valid before, by a thread or at admission, without the schema's check. */
const rereadEvent = (text: string, id: string, log: string): SignedEvent =>
  eventWith({ id, jws: text.slice(0, -1), kid: headerKid(text) }, log, storedPayload(text));

/** Hashes what was signed of a stored event, which may have been changed; its id is the base64url of this. */
export const signedDigest = (jws: string): Uint8Array =>
  sha256(Buffer.from(jws.slice(0, jws.lastIndexOf('.')), 'utf8'));

/**
 * Parses an entry that this service, or this monitor, has admitted itself; the id is that of the text.
 * @param digest of the text, if the caller has computed it.
 */
export const rereadEntry = (jws: string, log: string, digest = signedDigest(jws)): SignedEvent =>
  rereadEvent(`${jws}~`, encodeBase64url(digest), log);
