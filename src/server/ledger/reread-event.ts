import { headerKid } from '../../core/event/envelope.js';
import type { AditEvent } from '../../core/event/event.js';
import { encodeBase64url } from '../../core/event/grammar.js';
import { instantMs } from '../../core/event/primitives.js';
import { sha256 } from '../../platform/sha256.js';
import type { Checked } from './check-arrival.js';

/** What a thread says of an event: `good` is its id, where the text alone says the rest. */
export type PlainChecked = { good: string } | Checked;

/** Copying an event from one thread to another costs more than reading its text once more; disclosures are copied. */
export function plainChecked(checked: Checked): PlainChecked {
  return checked.event !== null && checked.event.disclosures.length === 0 ? { good: checked.event.id } : checked;
}

/**
 * The event of a text that was found good before, by a thread or when it was admitted: what the schema said need not be said
 * twice.
 */
export function rereadEvent(text: string, id: string, log: string): AditEvent {
  const jws = text.slice(0, -1);
  const [, body = ''] = jws.split('.', 2);
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as AditEvent['payload'];
  const { type, iss, iat, jti, occurredAt, exp, seen, place } = payload;
  return {
    id,
    jws,
    kid: headerKid(text),
    type,
    log,
    iss,
    iat,
    jti,
    occurredAt,
    occurredAtMs: instantMs(occurredAt) ?? Number.NaN,
    exp,
    seen,
    place,
    payload,
    disclosures: [],
  } as AditEvent;
}

/** The same of an entry that this service, or this monitor, has admitted itself; the id is that of the text. */
export const rereadEntry = (jws: string, log: string): AditEvent =>
  rereadEvent(`${jws}~`, encodeBase64url(sha256(Buffer.from(jws.slice(0, jws.lastIndexOf('.')), 'latin1'))), log);
