import { headerKid } from '../../core/event/envelope.js';
import type { AditEvent } from '../../core/event/event.js';
import { instantMs } from '../../core/event/primitives.js';
import type { Checked } from './check-arrival.js';

/** What a thread says of an event: `good` is its id, where the text alone says the rest. */
export type PlainChecked = { good: string } | Checked;

/** Copying an event from one thread to another costs more than reading its text once more; disclosures are copied. */
export function plainChecked(checked: Checked): PlainChecked {
  return checked.event !== null && checked.event.disclosures.length === 0 ? { good: checked.event.id } : checked;
}

/** The event of a text that a thread has just found good: what the schema said need not be said twice. */
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
